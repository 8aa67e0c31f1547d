package web

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"waybill/infra"
	"waybill/internal/audit"
)

// answer is what an endpoint has to say when it did what was asked.
type answer struct {
	status   int
	location string // of what was created
	tag      string // the record's revision, as ETag
	lasting  bool   // nothing shown changes without the revision, so that If-None-Match can be trusted
	again    int    // seconds until it is worth asking again; 0 when there is nothing to wait for
	body     any    // to be written as JSON; nil for none
	raw      []byte // instead of a body, in that media type
	media    string
	cached   string // how long it may be kept, as Cache-Control says; nothing may unless this is set
}

// ok answers with a document.
func ok(document any) answer { return answer{status: http.StatusOK, body: document} }

// created answers with a new record and where it is.
func created(location string, record answer) answer {
	record.status, record.location = http.StatusCreated, location
	return record
}

func (a answer) write(w http.ResponseWriter, r *http.Request) {
	a.writeHeaders(w.Header())
	switch {
	case a.lasting && reading(r.Method) && a.seen(r.Header.Values("If-None-Match")):
		w.WriteHeader(http.StatusNotModified)
	case a.media != "":
		send(w, a.status, a.media, a.raw)
	case a.body == nil:
		w.WriteHeader(a.status)
	default:
		send(w, a.status, jsonType, encode(a.body))
	}
}

func (a answer) writeHeaders(h http.Header) {
	if a.tag != "" {
		h.Set("ETag", a.tag)
	}
	if a.location != "" {
		h.Set("Location", a.location)
	}
	if a.cached != "" {
		h.Set("Cache-Control", a.cached)
	}
	if a.again > 0 {
		h.Set("Retry-After", strconv.Itoa(a.again))
	}
}

// seen compares as If-None-Match does: weakly (RFC 9110, 13.1.2).
func (a answer) seen(tags []string) bool {
	for tag := range strings.SplitSeq(strings.Join(tags, ","), ",") {
		if tag = strings.TrimPrefix(strings.TrimSpace(tag), "W/"); tag == "*" || tag == a.tag {
			return true
		}
	}
	return false
}

// tagged answers with a record at that revision.
func tagged(record any, revision int) answer {
	return answer{status: http.StatusOK, tag: audit.Tag(revision), body: record}
}

// stamp shows a time as the API does: RFC 3339, UTC, milliseconds; nothing for no time.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

// openAPI answers the description of all this.
func (a API) openAPI(context.Context, *call) (answer, error) {
	return answer{status: http.StatusOK, raw: infra.OpenAPI, media: "application/yaml"}, nil
}
