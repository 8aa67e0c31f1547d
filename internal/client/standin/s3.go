package standin

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
)

// way signs a PUT: the whole object when number is 0. The caller holds the lock.
func (c *Cell) way(u *upload, number int, digest string) object {
	url := fmt.Sprintf("%s/s3/%s?partNumber=%d&X-Amz-Signature=secret-%d", c.URL, u.object["id"], number, c.signatures)
	return object{"url": url, "headers": c.signedHeaders(u, number, digest)}
}

func (c *Cell) signedHeaders(u *upload, number int, digest string) map[string]string {
	headers := map[string]string{"Content-Length": strconv.FormatInt(c.length(u, number), 10), "X-Amz-Checksum-Sha256": digest}
	if number == 0 {
		headers["If-None-Match"] = "*"
		headers["X-Amz-Server-Side-Encryption"] = "aws:kms"
	}
	return headers
}

func (c *Cell) length(u *upload, number int) int64 {
	size := u.object["size"].(int64)
	if number == 0 {
		return size
	}
	return min(c.PartSize, size-int64(number-1)*c.PartSize)
}

// Expire lets every way that was signed so far run out.
func (c *Cell) Expire() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.signatures++
}

func (c *Cell) s3(w http.ResponseWriter, r *http.Request) {
	c.guarded(call, c.take)(w, r)
}

func call(r *http.Request) string {
	if n := r.FormValue("partNumber"); n != "0" {
		return "PUT part " + n
	}
	return "PUT object"
}

func (c *Cell) take(w http.ResponseWriter, r *http.Request) {
	u, refused := c.admit(r)
	if refused != "" {
		s3Refuse(w, 403, "AccessDenied", refused)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	sum := sha256.Sum256(body)
	digest := base64.StdEncoding.EncodeToString(sum[:])
	if digest != r.Header.Get("X-Amz-Checksum-Sha256") {
		s3Refuse(w, 400, "BadDigest", "The SHA256 you specified did not match the calculated checksum.")
		return
	}
	c.store(w, r, u, part{body, digest})
}

// admit judges the signature before the body is read, and so before 100 Continue.
func (c *Cell) admit(r *http.Request) (*upload, string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	u, number := c.uploads[r.PathValue("upl")], 0
	fmt.Sscan(r.FormValue("partNumber"), &number)
	if u == nil || r.FormValue("X-Amz-Signature") != fmt.Sprintf("secret-%d", c.signatures) {
		return nil, "Request has expired"
	}
	for name := range c.signedHeaders(u, number, "") {
		if name != "Content-Length" && r.Header.Get(name) == "" {
			return nil, "There were headers signed which were not sent"
		}
	}
	if r.ContentLength != c.length(u, number) {
		return nil, "The length is not the one that was signed"
	}
	return u, ""
}

func (c *Cell) store(w http.ResponseWriter, r *http.Request, u *upload, p part) {
	c.mu.Lock()
	defer c.mu.Unlock()
	number := 0
	fmt.Sscan(r.FormValue("partNumber"), &number)
	if number == 0 && u.bytes != nil {
		s3Refuse(w, 412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold")
		return
	}
	if number == 0 {
		u.bytes, u.arrived = p.bytes, true
	} else {
		u.parts[number] = p
	}
	w.Header().Set("ETag", p.etag())
}

func s3Refuse(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<Error><Code>%s</Code><Message>%s</Message><StringToSign>secret</StringToSign></Error>", code, message)
}

// Object is what S3 has of an upload, nil when it was not put or joined.
func (c *Cell) Object(id string) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	u := c.uploads[id]
	if u == nil || !u.arrived {
		return nil
	}
	all := u.bytes
	for n := range len(u.parts) {
		all = append(all, u.parts[n+1].bytes...)
	}
	return all
}

// Tamper puts other bytes in the place of a part that arrived.
func (c *Cell) Tamper(id string, number int, bytes []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	sum := sha256.Sum256(bytes)
	c.uploads[id].parts[number] = part{bytes, base64.StdEncoding.EncodeToString(sum[:])}
}

// State sets an upload's state.
func (c *Cell) State(id, state string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.uploads[id].object["state"] = state
}

// Uploads lists the ids of all that were opened.
func (c *Cell) Uploads() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Sorted(maps.Keys(c.uploads))
}

// Forget has an upload never been there.
func (c *Cell) Forget(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.uploads, id)
}
