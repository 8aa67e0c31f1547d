package standin

import (
	"fmt"
	"net/http"
)

type upload struct {
	object
	revision int
	reads    int // as PENDING, since its bytes arrived
	arrived  bool
	stated   string // the digest that the offer named
	bytes    []byte // of a single PUT
	parts    map[int]part
}

type part struct {
	bytes  []byte
	sha256 string
}

func (p part) etag() string { return fmt.Sprintf(`"%x"`, len(p.bytes)) }

func (c *Cell) uploading() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"POST /v1/migrations/{mig}/uploads": c.offer,
		"POST /v1/orgs/{org}/uploads":       c.offer,
		"GET /v1/migrations/{mig}/uploads":  c.listUploads,
		"GET /v1/orgs/{org}/uploads":        c.listUploads,
		"GET /v1/uploads/{upl}":             c.of(c.getUpload),
		"DELETE /v1/uploads/{upl}":          c.of(c.deleteUpload),
		"POST /v1/uploads/{upl}/put":        c.of(c.signPut),
		"POST /v1/uploads/{upl}/parts":      c.of(c.signParts),
		"GET /v1/uploads/{upl}/parts":       c.of(c.listParts),
		"POST /v1/uploads/{upl}/complete":   c.of(c.complete),
	}
}

// of finds the upload that a path names.
func (c *Cell) of(do func(http.ResponseWriter, *http.Request, *upload)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		u, found := c.uploads[r.PathValue("upl")]
		if !found {
			refuse(w, 404, "There is no such upload.")
			return
		}
		do(w, r, u)
	}
}

type draft struct {
	FileName string `json:"fileName"`
	Size     int64  `json:"size"`
	Kind     string `json:"kind"`
	SHA256   string `json:"sha256"`
	Receipt  string `json:"receiptSha256"`
}

func (c *Cell) offer(w http.ResponseWriter, r *http.Request) {
	var d draft
	if !read(w, r, &d) {
		return
	}
	if mig := r.PathValue("mig"); mig != "" && c.migrations[mig] == nil {
		refuse(w, 404, "There is no such migration.")
		return
	}
	if d.Size < 1 {
		refuse(w, 422, "One field broke its rule.", object{"pointer": "/size", "rule": "min", "detail": "An empty file cannot be uploaded."})
		return
	}
	if d.SHA256 == "" && d.Size <= c.SingleUpTo {
		refuse(w, 422, "One field broke its rule.", object{"pointer": "/sha256", "rule": "required", "detail": "The SHA-256 must be given."})
		return
	}
	key := r.Header.Get("Idempotency-Key")
	id := c.once[key]
	if id == "" {
		id = c.open(r, d)
		c.once[key] = id
	}
	u := c.uploads[id]
	if key == "" || u.stated != d.SHA256 || u.object["fileName"] != d.FileName {
		refuse(w, 422, "The key was used for another request.")
		return
	}
	shown := c.show(u)
	if u.object["method"] == "single" && u.object["state"] == "PENDING" {
		shown["put"] = c.way(u, 0, d.SHA256)
	}
	answer(w, 201, u.revision, shown)
}

func (c *Cell) open(r *http.Request, d draft) string {
	id := c.name("upl")
	u := &upload{revision: 1, stated: d.SHA256, parts: map[int]part{}, object: object{"id": id, "fileName": d.FileName, "size": d.Size, "kind": d.Kind,
		"sha256": d.SHA256, "state": "PENDING", "method": "single", "region": "eu-central-1", "rule": "offer",
		"migration": r.PathValue("mig"), "org": r.PathValue("org"), "deleteBy": "2026-01-02T00:00:00.000Z"}}
	if d.Receipt != "" {
		u.object["receiptSha256"] = d.Receipt
	}
	if d.Size > c.SingleUpTo {
		u.object["method"], u.object["partSize"], u.object["parts"] = "multipart", c.PartSize, (d.Size+c.PartSize-1)/c.PartSize
	}
	c.uploads[id] = u
	return id
}

// show counts down the reads that an upload's seal still takes.
func (c *Cell) show(u *upload) object {
	if u.arrived && u.object["state"] == "PENDING" {
		if u.reads++; c.Unsealed >= 0 && u.reads > c.Unsealed {
			u.revision++
			u.object["state"], u.object["sealedAt"], u.object["rule"] = "SEALED", "2026-01-01T00:00:00.000Z", "debug"
		}
	}
	shown := object{}
	for k, v := range u.object {
		shown[k] = v
	}
	return shown
}

func (c *Cell) getUpload(w http.ResponseWriter, r *http.Request, u *upload) {
	shown := c.show(u)
	answer(w, 200, u.revision, shown)
}

func (c *Cell) deleteUpload(w http.ResponseWriter, r *http.Request, u *upload) {
	if matches(w, r, u.revision) {
		u.revision++
		u.object["state"] = "EXPIRED"
		answer(w, 202, u.revision, u.object)
	}
}

func (c *Cell) listUploads(w http.ResponseWriter, r *http.Request) {
	of := func(u *upload) bool {
		return u.object["migration"] == r.PathValue("mig") && u.object["org"] == r.PathValue("org")
	}
	if mig := r.PathValue("mig"); mig != "" && c.migrations[mig] == nil {
		refuse(w, 404, "There is no such migration.")
		return
	}
	list := map[string]object{}
	for id, u := range c.uploads {
		if of(u) {
			list[id] = u.object
		}
	}
	page(w, r, list)
}

func (c *Cell) signPut(w http.ResponseWriter, r *http.Request, u *upload) {
	answer(w, 200, nil, object{"put": c.way(u, 0, u.object["sha256"].(string))})
}

func (c *Cell) signParts(w http.ResponseWriter, r *http.Request, u *upload) {
	var asked struct {
		Parts []struct {
			Number int    `json:"number"`
			SHA256 string `json:"sha256"`
		} `json:"parts"`
	}
	if !read(w, r, &asked) {
		return
	}
	ways := []object{}
	for _, p := range asked.Parts {
		way := c.way(u, p.Number, p.SHA256)
		way["number"] = p.Number
		ways = append(ways, way)
	}
	answer(w, 200, nil, object{"parts": ways})
}

func (c *Cell) listParts(w http.ResponseWriter, r *http.Request, u *upload) {
	there := []object{}
	for n, p := range u.parts {
		there = append(there, object{"number": n, "etag": p.etag(), "sha256": p.sha256, "size": len(p.bytes)})
	}
	answer(w, 200, nil, object{"parts": there})
}

func (c *Cell) complete(w http.ResponseWriter, r *http.Request, u *upload) {
	var all struct {
		Parts []struct {
			Number int    `json:"number"`
			ETag   string `json:"etag"`
			SHA256 string `json:"sha256"`
			Size   int64  `json:"size"`
		} `json:"parts"`
		SHA256 string `json:"sha256"`
	}
	if !read(w, r, &all) || !u.state(w, all.SHA256) {
		return
	}
	if int64(len(all.Parts)) != u.object["parts"] {
		refuse(w, 422, "Not all parts are named.")
		return
	}
	for _, p := range all.Parts {
		if there, found := u.parts[p.Number]; !found || there.etag() != p.ETag || there.sha256 != p.SHA256 {
			refuse(w, 422, "S3 does not have that part.")
			return
		}
	}
	u.arrived = true
	shown := c.show(u)
	answer(w, map[bool]int{true: 202, false: 200}[shown["state"] == "PENDING"], u.revision, shown)
}

// state takes the digest of the whole: the first that is named counts.
func (u *upload) state(w http.ResponseWriter, digest string) bool {
	if was := u.object["sha256"]; was != "" && was != digest {
		refuse(w, 422, "One field broke its rule.", object{"pointer": "/sha256", "rule": "same", "detail": "Another digest was stated."})
		return false
	}
	u.object["sha256"] = digest
	return true
}
