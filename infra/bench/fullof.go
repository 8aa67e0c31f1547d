package main

import (
	"strconv"

	"waybill/internal/certificate"
	"waybill/internal/ident"
)

// fullOf states the deletion of n things in certificates as full as KMS can sign.
func fullOf(n int) []certificate.Facts {
	due := sealed.Add(kept)
	f := certificate.Facts{Org: organisation(0), Cell: "bench", Region: "eu-central-1", Bucket: "waybill-staging-123456789012-eu-central-1", Rule: "debug",
		Basis: certificate.Schedule, Intent: ident.Derive(ident.Intent, due, ""), Intended: due, Erased: due, VerifiedAbsent: due, Function: "purge 1"}
	for _, u := range staged(f.Org, f.Bucket, n) {
		f.Lines = append(f.Lines, certificate.Line{Upload: u.ID, Key: u.ObjectKey, VersionID: "version", Size: u.Size, Sealed: u.SealedAt, Due: u.Due,
			Deleted: certificate.Counts{Objects: 1, Versions: 1}})
	}
	return certificate.Chunk(f, func(i int) string { return ident.Derive(ident.Certificate, due, strconv.Itoa(i)) })
}
