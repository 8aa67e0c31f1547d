package dynamo

import (
	"context"
	"errors"
	"time"

	"waybill/internal/certificate"
	"waybill/internal/fault"
	"waybill/internal/ident"
)

// certificateItem is a certificate, in the audit table: it is never changed. Its leaf is what the ledger takes of it.
type certificateItem struct {
	Pk       string `dynamodbav:"pk"`
	Sk       string `dynamodbav:"sk"`
	Leaf     []byte `dynamodbav:"leaf"`     // the statement
	Envelope []byte `dynamodbav:"envelope"` // the DSSE envelope around it
	Manifest []byte `dynamodbav:"manifest"` // what was erased, deflated; empty where nothing was named
	IssuedAt string `dynamodbav:"issuedAt"`
}

func (r Records) certified(c certificate.Certificate, at time.Time) (write, error) {
	manifest, err := deflated(c.Manifest)
	if err != nil {
		return write{}, err
	}
	it, err := encode(certificateItem{partition(c.Org), c.ID, c.Payload, c.Envelope, manifest, stamp(at)})
	w := r.put(it, absent, errors.New("a certificate of that id is there"))
	w.Put.TableName = &r.Audit
	return w, err
}

func toCertificate(it item) (certificate.Certificate, error) {
	var i certificateItem
	err := decode(it, &i)
	c := certificate.Certificate{ID: i.Sk, Org: i.Pk, Payload: i.Leaf, Envelope: i.Envelope}
	if i.Pk == cellPartition {
		c.Org = ""
	}
	return c, err
}

// Certificate answers fault.NotFound when the organisation has none of that id; organisation "" is the quarantine. It is a
// query: of the audit table, functions may ask nothing else.
func (r Records) Certificate(ctx context.Context, organisation, id string) (certificate.Certificate, error) {
	q := query{table: r.Audit, partition: partition(organisation), limit: 1, condition: "sk = :sk"}
	q.value(":sk", str(id))
	found, _, err := list(ctx, r, q, toCertificate)
	if err == nil && len(found) == 0 {
		err = fault.NotFound
	}
	if err != nil {
		return certificate.Certificate{}, err
	}
	return found[0], nil
}

// Certificates lists an organisation's, newest first, after the id given; more tells whether there are further ones.
func (r Records) Certificates(ctx context.Context, organisation, after string, limit int) ([]certificate.Certificate, bool, error) {
	q := query{table: r.Audit, partition: partition(organisation), after: after, limit: limit}
	q.only(ident.Certificate + "_")
	return list(ctx, r, q, toCertificate)
}
