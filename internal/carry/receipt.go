package carry

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"

	"waybill/internal/client"
)

// Refusal is what S3 said when it did not take a part. Only its code and sentence are kept: the rest of S3's answer
// repeats what was signed.
type Refusal struct {
	Status  int
	Code    string `xml:"Code"`
	Message string `xml:"Message"`
}

// Error is S3's own words.
func (r *Refusal) Error() string {
	if r.Code == "" {
		return fmt.Sprintf("S3 answered %d %s", r.Status, http.StatusText(r.Status))
	}
	return fmt.Sprintf("S3 refused it: %s (%s, %d)", r.Message, r.Code, r.Status)
}

func refusedWith(err error, status int) bool {
	r, found := errors.AsType[*Refusal](err)
	return found && r.Status == status
}

// receipt reads S3's answer to a PUT.
func receipt(response *http.Response) (etag string, err error) {
	body, err := io.ReadAll(io.LimitReader(response.Body, 64<<10))
	if err != nil {
		return "", client.Passing(fmt.Errorf("reading S3's answer: %w", client.Redact(err)), 0)
	}
	if response.StatusCode != http.StatusOK {
		return "", refusal(response, body)
	}
	if etag = response.Header.Get("ETag"); etag == "" {
		return "", errors.New("S3 took it without naming an ETag")
	}
	return etag, nil
}

func refusal(response *http.Response, body []byte) error {
	r := &Refusal{}
	if xml.Unmarshal(body, r) != nil {
		r = &Refusal{}
	}
	r.Status = response.StatusCode
	if client.MayPass(r.Status) || r.mayPass() {
		return client.Passing(r, client.RetryAfter(response.Header))
	}
	return r
}

// mayPass tells the codes under 500 that speak of the journey rather than of what was sent. A wrong digest is among them:
// bytes that were spoilt on the way arrive well the next time, and a file that has changed is found out at the end.
func (r *Refusal) mayPass() bool {
	return slices.Contains([]string{"RequestTimeout", "IncompleteBody", "ConditionalRequestConflict", "OperationAborted",
		"BadDigest", "XAmzContentChecksumMismatch", "XAmzContentSHA256Mismatch"}, r.Code)
}
