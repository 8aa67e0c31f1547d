package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"waybill/internal/certificate"
	"waybill/internal/fault"
	"waybill/internal/ledger"
)

// Certificates are those of the cell.
type Certificates interface {
	// Certificate answers fault.NotFound when the organisation has none of that id; organisation "" is the cell itself.
	Certificate(ctx context.Context, organisation, id string) (certificate.Certificate, error)
	// Certificates lists newest first, after the id given; more tells whether there are further ones.
	Certificates(ctx context.Context, organisation, after string, limit int) (list []certificate.Certificate, more bool, err error)
}

// inToto is the media type of a certificate (in-toto Attestation Framework).
const inToto = "application/vnd.in-toto+json"

// getCertificate answers the envelope with the proof that it stands in the ledger. Without one it is not handed out: it
// would be taken for the whole.
func (a API) getCertificate(ctx context.Context, c *call) (answer, error) {
	signed, err := a.Certificates.Certificate(ctx, c.org, c.path("crt"))
	if err != nil {
		return answer{}, err
	}
	inclusion, err := a.Ledger.Prove(ctx, signed.ID)
	if errors.Is(err, fault.NotFound) {
		return answer{}, fault.Unavailable.Because("The certificate is about to be written into the ledger; ask again.")
	}
	if err != nil {
		return answer{}, err
	}
	whole, err := certificate.WithInclusion(signed.Envelope, inclusion)
	return answer{status: http.StatusOK, raw: whole, media: inToto}, err
}

// certificateView is a certificate in a list.
type certificateView struct {
	ID             string `json:"id"`
	Rule           string `json:"rule"`
	Region         string `json:"region"`
	Due            string `json:"due"`
	Erased         string `json:"erased"`
	VerifiedAbsent string `json:"verifiedAbsent"`
}

func (a API) listCertificates(ctx context.Context, c *call) (answer, error) {
	l := list[certificate.Certificate]{owner: a.orgExists}
	l.id = func(signed certificate.Certificate) string { return signed.ID }
	l.show = func(signed certificate.Certificate) any {
		var statement struct {
			Predicate certificateView `json:"predicate"`
		}
		_ = json.Unmarshal(signed.Payload, &statement) // we wrote it; what cannot be read shows its id alone
		statement.Predicate.ID = signed.ID
		return statement.Predicate
	}
	l.read = func(after string, limit int) ([]certificate.Certificate, bool, error) {
		return a.Certificates.Certificates(ctx, c.org, after, limit)
	}
	return l.answer(ctx, a.Cursors, c)
}

// ledgerKey answers the public key that certificates and checkpoints are signed with, in PEM (RFC 7468).
func (a API) ledgerKey(ctx context.Context, _ *call) (answer, error) {
	key, err := a.Ledger.Key.PublicKey(ctx)
	if err != nil {
		return answer{}, err
	}
	text, err := certificate.WriteKey(key)
	return answer{status: http.StatusOK, raw: text, media: "application/x-pem-file"}, err
}

func (a API) ledgerCheckpoint(ctx context.Context, _ *call) (answer, error) {
	head, err := a.Ledger.Store.Head(ctx)
	if err == nil && head.Checkpoint == "" {
		err = fault.NotFound.Because("The ledger is empty.")
	}
	return answer{status: http.StatusOK, raw: []byte(head.Checkpoint), media: "text/plain; charset=utf-8"}, err
}

// ledgerTile answers a tile or an entry bundle. A full one never changes.
func (a API) ledgerTile(ctx context.Context, c *call) (answer, error) {
	path := "tile/" + c.path("path")
	full, valid := ledger.ValidPath(path)
	if !valid {
		return answer{}, fault.NotFound.Because("No tile can lie there.")
	}
	data, err := a.Ledger.Tiles.Get(ctx, path)
	if err != nil {
		return answer{}, err
	}
	found := answer{status: http.StatusOK, raw: data, media: "application/octet-stream"}
	if full {
		found.cached = fmt.Sprintf("public, max-age=%d, immutable", 365*24*3600)
	}
	return found, nil
}
