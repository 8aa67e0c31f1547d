package staging

import (
	"fmt"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"waybill/internal/purge"
)

// results gathers what many calls answered.
type results struct {
	mu       sync.Mutex
	refused  map[purge.Version]error
	failures []error
}

func (r *results) fail(err error) {
	if err == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failures = append(r.failures, err)
}

func (r *results) one(v purge.Version, err error) {
	if err == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.refused[v] = err
}

// batch takes one answer apart. The reason names no key, which may be a file's name.
func (r *results) batch(refused []types.Error, err error) {
	r.fail(err)
	for _, no := range refused {
		v := purge.Version{Key: aws.ToString(no.Key), ID: aws.ToString(no.VersionId)}
		r.one(v, fmt.Errorf("deleting a version: S3 refuses: %s: %s", aws.ToString(no.Code), aws.ToString(no.Message)))
	}
}
