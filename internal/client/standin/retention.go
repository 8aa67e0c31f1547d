package standin

import (
	"net/http"
)

func (c *Cell) retention() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"POST /v1/orgs/{org}/holds":         c.placeHold,
		"GET /v1/orgs/{org}/holds":          func(w http.ResponseWriter, r *http.Request) { page(w, r, c.holds) },
		"GET /v1/holds/{hld}":               one("hld", c.holds),
		"POST /v1/holds/{hld}/release":      change("hld", c.holds, []string{"reason"}, release),
		"POST /v1/orgs/{org}/termination":   c.terminate,
		"GET /v1/orgs/{org}/termination":    one("org", c.ends),
		"DELETE /v1/orgs/{org}/termination": c.withdraw,
		"GET /v1/orgs/{org}/holdings":       c.holdings,
		"GET /v1/migrations/{mig}/holdings": c.holdings,
	}
}

func (c *Cell) placeHold(w http.ResponseWriter, r *http.Request) {
	o, fine := sent(w, r, []string{"scope", "reason", "reviewBy"})
	if !fine {
		return
	}
	o["id"], o["revision"], o["org"], o["placedBy"], o["reviewOverdue"] = c.name("hld"), 1, r.PathValue("org"), "sam", false
	c.holds[o["id"].(string)] = o
	answer(w, 201, 1, o)
}

func release(o, asked object) {
	o["releaseReason"], o["releasedAt"], o["releasedBy"] = asked["reason"], "2026-01-01T00:00:00.000Z", "sam"
}

func (c *Cell) terminate(w http.ResponseWriter, r *http.Request) {
	o, fine := sent(w, r, []string{"reason"})
	org := r.PathValue("org")
	switch {
	case !fine:
	case c.ends[org] != nil:
		refuse(w, 409, "The organisation's termination was requested before.")
	default:
		o["revision"], o["deleteBy"], o["requestedBy"], o["rule"] = 2, "2026-03-02T00:00:00.000Z", "ada", "org.paid"
		c.ends[org] = o
		answer(w, 201, 2, o)
	}
}

func (c *Cell) withdraw(w http.ResponseWriter, r *http.Request) {
	if end := c.ends[r.PathValue("org")]; end == nil {
		refuse(w, 404, "No termination of the organisation was requested.")
	} else if matches(w, r, end["revision"]) {
		delete(c.ends, r.PathValue("org"))
		w.WriteHeader(204)
	}
}

func (c *Cell) holdings(w http.ResponseWriter, r *http.Request) {
	list := map[string]object{}
	for id, u := range c.uploads {
		list[id] = object{"id": id, "kind": "staged", "bucket": "staging", "region": "eu-central-1", "rule": "debug", "size": u.object["size"],
			"deleteBy": "2026-01-15T00:00:00.000Z", "predictedPurge": "2026-01-15T00:15:00.000Z", "holds": []string{}}
	}
	page(w, r, list)
}
