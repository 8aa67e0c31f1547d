package kms

import (
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"errors"
	"fmt"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

// Signer signs with an Ed25519 key (ECC_NIST_EDWARDS25519) whose private half never leaves KMS.
type Signer struct {
	client *kms.Client
	keyARN string

	mu     sync.Mutex
	public ed25519.PublicKey
}

// NewSigner makes one for the key.
func NewSigner(cfg aws.Config, keyARN string) *Signer {
	return &Signer{client: kms.NewFromConfig(cfg), keyARN: keyARN}
}

// longest is how much KMS signs, in bytes (KMS API Reference, Sign). Ed25519 signs a message, not its digest, so a longer
// one cannot be sent otherwise.
const longest = 4096

var (
	errLong     = errors.New("KMS signs at most 4,096 bytes")
	errOtherKey = errors.New("the ledger's key is no Ed25519 key")
)

// Sign answers the signature of a message (PureEdDSA, RFC 8032): one call.
func (s *Signer) Sign(ctx context.Context, message []byte) ([]byte, error) {
	if len(message) > longest {
		return nil, errLong
	}
	out, err := s.client.Sign(ctx, &kms.SignInput{KeyId: &s.keyARN, Message: message, MessageType: types.MessageTypeRaw,
		SigningAlgorithm: "ED25519_SHA_512"})
	if err != nil {
		return nil, unasked("signing", err)
	}
	return out.Signature, nil
}

// PublicKey answers the public half. KMS is asked once in a process; a failure is not kept.
func (s *Signer) PublicKey(ctx context.Context) (ed25519.PublicKey, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.public != nil {
		return s.public, nil
	}
	out, err := s.client.GetPublicKey(ctx, &kms.GetPublicKeyInput{KeyId: &s.keyARN})
	if err != nil {
		return nil, unasked("asking for the public key", err)
	}
	parsed, err := x509.ParsePKIXPublicKey(out.PublicKey)
	if err != nil {
		return nil, fmt.Errorf("reading the public key: %w", err)
	}
	key, fits := parsed.(ed25519.PublicKey)
	if !fits {
		return nil, errOtherKey
	}
	s.public = key
	return key, nil
}
