package certificate

import (
	"context"
	"crypto/ed25519"
	"fmt"
)

// Issue states the facts of a deletion and has the statement signed. keyID names the signing key by its public half: see
// KeyID. Facts that contradict themselves, or that no message of Limit bytes can hold, are refused (ErrContradiction,
// ErrTooLarge), and nothing is signed; any other error is the signer's.
func Issue(ctx context.Context, s Signer, keyID string, f Facts) (Certificate, error) {
	payload, manifest, err := f.state()
	if err != nil {
		return Certificate{}, fmt.Errorf("stating certificate %s: %w", f.ID, err)
	}
	envelope, err := seal(ctx, s, keyID, payload)
	if err != nil {
		return Certificate{}, fmt.Errorf("signing certificate %s: %w", f.ID, err)
	}
	return Certificate{ID: f.ID, Org: f.Org, Payload: payload, Envelope: envelope, Manifest: manifest}, nil
}

func (f Facts) state() (payload, manifest []byte, err error) {
	var d doubts
	d.unless(len(f.Lines) > 0, "it names nothing that was erased")
	f.check(&d)
	if err := d.err(); err != nil {
		return nil, nil, err
	}
	if manifest, err = Manifest(f.Lines); err != nil {
		return nil, nil, err
	}
	payload, err = state(f.predicate(source(f.Rule), manifest), f.subjects())
	return payload, manifest, err
}

// issueOther is Issue for what has no lines.
func issueOther(ctx context.Context, s Signer, keyID string, of []subject, p predicate) (Certificate, error) {
	payload, err := state(p, of)
	if err != nil {
		return Certificate{}, fmt.Errorf("stating certificate %s: %w", p.id(), err)
	}
	envelope, err := seal(ctx, s, keyID, payload)
	if err != nil {
		return Certificate{}, fmt.Errorf("signing certificate %s: %w", p.id(), err)
	}
	return Certificate{ID: p.id(), Payload: payload, Envelope: envelope}, nil
}

// seal signs a payload and puts it into its envelope.
func seal(ctx context.Context, s Signer, keyID string, payload []byte) ([]byte, error) {
	message := encoding(payload)
	if len(message) > Limit {
		return nil, ErrTooLarge
	}
	signed, err := s.Sign(ctx, message)
	if err != nil {
		return nil, err
	}
	if len(signed) != ed25519.SignatureSize {
		return nil, fmt.Errorf("the signer answered %d bytes, which are no Ed25519 signature", len(signed))
	}
	return spell(envelope{Payload: payload, PayloadType: payloadType, Signatures: []signature{{keyID, signed}}})
}
