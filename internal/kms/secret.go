package kms

import (
	"context"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

// message is what the secret is derived from. Another message makes another secret, and so ends every cursor.
const message = "waybill list cursors v1"

// Secret is the cell's secret for list cursors: the MAC of a fixed message under an HMAC_256 key that never leaves KMS. So
// it is the same in every process, is stored nowhere, and whoever may not call kms:GenerateMac cannot make it.
type Secret struct {
	client *kms.Client
	keyARN string

	mu   sync.Mutex
	made []byte
}

// NewSecret makes one of the HMAC_256 key.
func NewSecret(cfg aws.Config, keyARN string) *Secret {
	return &Secret{client: kms.NewFromConfig(cfg), keyARN: keyARN}
}

// Key answers the secret's 32 bytes, which must not be changed. KMS is asked once in a process, at the first use; a
// failure is not kept.
func (s *Secret) Key(ctx context.Context) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.made != nil {
		return s.made, nil
	}
	out, err := s.client.GenerateMac(ctx, &kms.GenerateMacInput{
		KeyId: &s.keyARN, Message: []byte(message), MacAlgorithm: types.MacAlgorithmSpecHmacSha256,
	})
	if err != nil {
		return nil, unasked("deriving the secret of cursors", err)
	}
	s.made = out.Mac
	return s.made, nil
}
