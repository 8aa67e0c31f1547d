package main

import (
	"bytes"
	"context"
	"fmt"
	"hash/crc32"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"golang.org/x/sync/errgroup"

	"waybill/internal/audit"
	"waybill/internal/dynamo"
	"waybill/internal/ident"
	"waybill/internal/policy"
	"waybill/internal/upload"
)

// sealed is when everything measured here was sealed; two weeks later it is due.
var sealed = time.Date(2031, 5, 1, 12, 0, 0, 0, time.UTC)

const kept = 14 * policy.Day

func organisation(n int) string { return ident.Derive(ident.Org, sealed, strconv.Itoa(n)) }

// staged are n sealed uploads of one organisation, due together. Their bytes are not there yet.
func staged(org, bucket string, n int) []upload.Upload {
	all := make([]upload.Upload, n)
	wave := ident.Derive(ident.Migration, sealed, org)
	for i := range all {
		id := ident.Derive(ident.Upload, sealed.Add(time.Duration(i)*time.Millisecond), org)
		all[i] = upload.Upload{ID: id, Org: org, Migration: wave, Size: 1, Kind: upload.SupportZip, State: upload.Sealed, Method: upload.Single, Region: "eu-central-1",
			Bucket: bucket, ObjectKey: upload.StagedPrefix + "debug/" + org + "/" + id, Rule: "debug", CreatedAt: sealed, SealedAt: sealed,
			DeleteBy: sealed.Add(kept), Due: sealed.Add(kept), Revision: 1}
	}
	return all
}

// send puts the bytes of each, and of every fifth a second version that no record knows.
func (g *ground) send(ctx context.Context, all []upload.Upload) error {
	client := g.s3()
	put := func(u *upload.Upload) error {
		sent, err := client.PutObject(ctx, &s3.PutObjectInput{Bucket: &u.Bucket, Key: &u.ObjectKey, Body: bytes.NewReader([]byte{'x'})})
		if err == nil {
			u.VersionID = *sent.VersionId
		}
		return err
	}
	var puts errgroup.Group
	puts.SetLimit(16)
	for i := range all {
		puts.Go(func() error {
			if i%5 == 0 {
				if err := put(&all[i]); err != nil {
					return err
				}
			}
			return put(&all[i])
		})
	}
	return puts.Wait()
}

// record writes them into the table. The store writes one; the others are made like it, 25 at a time.
func (g *ground) record(ctx context.Context, r dynamo.Records, all []upload.Upload) error {
	client := dynamodb.NewFromConfig(g.Config())
	if err := (dynamo.Records{Client: client, Table: r.Table, Audit: r.Audit}).Admit(ctx, works(sealed), audit.UploadDropped, all[0], ""); err != nil {
		return err
	}
	first, err := client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &r.Table, Key: map[string]types.AttributeValue{
		"pk": text(all[0].Org), "sk": text("upl#" + all[0].ID)}})
	if err != nil {
		return err
	}
	var writes errgroup.Group
	writes.SetLimit(4)
	for batch := range slices.Chunk(all[1:], 25) {
		writes.Go(func() error { return writeAll(ctx, client, r.Table, first.Item, batch) })
	}
	return writes.Wait()
}

func writeAll(ctx context.Context, client *dynamodb.Client, table string, pattern map[string]types.AttributeValue, all []upload.Upload) error {
	var puts []types.WriteRequest
	for _, u := range all {
		it := maps.Clone(pattern)
		for name, value := range map[string]string{"pk": u.Org, "parent": u.Org + "/" + u.Migration, "sk": "upl#" + u.ID, "id": u.ID, "objectKey": u.ObjectKey, "versionId": u.VersionID,
			"dueAt": u.Due.Format("2006-01-02T15:04:05.000Z"), "dueShard": strconv.FormatUint(uint64(crc32.ChecksumIEEE([]byte(u.ID))%16), 16)} {
			it[name] = text(value)
		}
		if u.State == upload.Purged {
			delete(it, "dueAt")
			delete(it, "dueShard")
			it["state"] = text(string(u.State))
		}
		puts = append(puts, types.WriteRequest{PutRequest: &types.PutRequest{Item: it}})
	}
	done, err := client.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{table: puts}})
	if err == nil && len(done.UnprocessedItems) > 0 {
		err = fmt.Errorf("%d tables were not written whole", len(done.UnprocessedItems))
	}
	return err
}

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

// works is what the function purge does at that time.
func works(at time.Time) audit.Act {
	return audit.Act{Actor: audit.Function("purge"), Time: at, RequestID: "bench"}
}
