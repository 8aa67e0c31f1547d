package carry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"waybill/internal/client"
)

// delivery is a stretch of the file, its way to S3, and how to have the way signed again.
type delivery struct {
	way    client.Signed
	file   io.ReaderAt
	from   int64 // bytes
	size   int64 // bytes
	resign func(context.Context) (client.Signed, error)
}

// put sends until S3 has it, and answers S3's ETag. A way that S3 does not admit may have run out: it is signed again,
// once each time, so that a refusal for another reason is told as it is.
func (c Carrier) put(ctx context.Context, d delivery) (etag string, err error) {
	err = c.Retry.Do(ctx, func() error {
		if etag, err = c.attempt(ctx, d); !refusedWith(err, http.StatusForbidden) {
			return err
		}
		if d.way, err = d.resign(ctx); err != nil {
			return err
		}
		etag, err = c.attempt(ctx, d)
		return err
	})
	return etag, err
}

var errStalled = errors.New("no byte moved for too long")

func (c Carrier) attempt(ctx context.Context, d delivery) (etag string, err error) {
	moving, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	watch := time.AfterFunc(c.Stall, func() { stop(errStalled) })
	defer watch.Stop()
	l := &load{from: io.NewSectionReader(d.file, d.from, d.size), meter: c.Meter, moved: func() { watch.Reset(c.Stall) }}
	defer func() { l.end(err == nil) }()

	r, err := d.request(moving, l)
	if err != nil {
		return "", err
	}
	response, err := c.Store.Do(r)
	if err != nil {
		return "", client.Passing(fmt.Errorf("calling S3: %w", lost(moving, err)), 0)
	}
	defer response.Body.Close()
	return receipt(response)
}

// lost is why there was no answer. The URL of the error is reduced to what is no secret.
func lost(ctx context.Context, err error) error {
	if errors.Is(context.Cause(ctx), errStalled) {
		return errStalled
	}
	return client.Redact(err)
}

// request sends every header as it was signed. Expect has S3 refuse before the bytes are on their way, not after.
func (d delivery) request(ctx context.Context, body io.Reader) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPut, d.way.URL, io.NopCloser(body))
	if err != nil {
		return nil, client.Redact(err)
	}
	r.ContentLength = d.size
	r.Header.Set("Expect", "100-continue")
	for name, value := range d.way.Headers {
		switch {
		case strings.EqualFold(name, "Host"):
			r.Host = value
		case !strings.EqualFold(name, "Content-Length"):
			r.Header.Set(name, value)
		}
	}
	return r, nil
}

// NewStore is a way to S3 for so many parts at a time. Each travels on a connection of its own (HTTP/1.1), which is kept for
// the next; no redirection is followed, for a signed way leads to one place.
func NewStore(parallel int) *http.Client {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.Protocols = new(http.Protocols)
	t.Protocols.SetHTTP1(true)
	t.MaxIdleConns, t.MaxIdleConnsPerHost = 0, parallel
	t.WriteBufferSize = 256 << 10
	t.DisableCompression = true
	t.ExpectContinueTimeout = 2 * time.Second
	return &http.Client{Transport: t, CheckRedirect: client.Stay}
}
