package standin

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
)

func (c *Cell) records() map[string]http.HandlerFunc {
	routes := map[string]http.HandlerFunc{
		"POST /v1/orgs":                  c.create("org", c.orgs, []string{"name", "location", "plan"}),
		"GET /v1/orgs/{org}":             one("org", c.orgs),
		"PUT /v1/orgs/{org}/key":         change("org", c.orgs, []string{"keyArn"}, bind),
		"GET /v1/orgs/{org}/events":      c.events,
		"POST /v1/orgs/{org}/migrations": c.create("mig", c.migrations, []string{"name", "source", "destination", "scope"}),
		"GET /v1/orgs/{org}/migrations":  c.listMigrations,
		"GET /v1/migrations/{mig}":       one("mig", c.migrations),
		"PATCH /v1/migrations/{mig}":     change("mig", c.migrations, []string{"name", "source", "destination", "scope"}, maps.Copy[object, object]),
		"DELETE /v1/migrations/{mig}":    c.deleteMigration,
		"POST /v1/migrations/{mig}/copy": c.copyMigration,
	}
	for step, sets := range map[string]object{"run": {"status": "RUNNING"}, "archive": {"archived": true}, "unarchive": {"archived": false}} {
		routes["POST /v1/migrations/{mig}/"+step] = change("mig", c.migrations, nil, func(o, _ object) { maps.Copy(o, sets) })
	}
	routes["POST /v1/migrations/{mig}/settle"] = change("mig", c.migrations, []string{"status"}, maps.Copy[object, object])
	return routes
}

// Migration puts one there, in an organisation of its own, and answers the ids of both.
func (c *Cell) Migration() (org, mig string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	org, mig = c.name("org"), c.name("mig")
	c.orgs[org] = object{"id": org, "revision": 1, "name": "Example", "location": "EU", "plan": "paid"}
	c.migrations[mig] = object{"id": mig, "revision": 1, "org": org, "name": "Plan", "status": "SAVED", "archived": false}
	return org, mig
}

func (c *Cell) create(prefix string, of map[string]object, members []string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		o, fine := sent(w, r, members)
		if !fine {
			return
		}
		if o["name"] == "" || o["name"] == nil {
			refuse(w, 422, "One field broke its rule.", object{"pointer": "/name", "rule": "length", "detail": "It must have 1 to 255 characters."})
			return
		}
		key := r.Header.Get("Idempotency-Key")
		if id := c.once[key]; id == "" {
			o["id"], o["revision"], o["status"], o["archived"], o["org"] = c.name(prefix), 1, "SAVED", false, r.PathValue("org")
			o["key"] = object{"mode": "operator", "keyArn": "arn:aws:kms:eu-central-1:000000000000:key/1", "state": "usable"}
			of[o["id"].(string)], c.once[key] = o, o["id"].(string)
		}
		answer(w, 201, 1, of[c.once[key]])
	}
}

func sent(w http.ResponseWriter, r *http.Request, members []string) (object, bool) {
	o := object{}
	if len(members) == 0 {
		return o, true
	}
	if !read(w, r, &o) {
		return nil, false
	}
	for name := range o {
		if !slices.Contains(members, name) {
			refuse(w, 422, "One field broke its rule.", object{"pointer": "/" + name, "rule": "unknown-field", "detail": "There is no such field."})
			return nil, false
		}
	}
	return o, true
}

func one(prefix string, of map[string]object) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		o, found := of[r.PathValue(prefix)]
		if !found {
			refuse(w, 404, "There is no such thing.")
			return
		}
		answer(w, 200, o["revision"], o)
	}
}

// change does something to a record whose revision the caller knows.
func change(prefix string, of map[string]object, members []string, do func(o, asked object)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		o, found := of[r.PathValue(prefix)]
		if !found {
			refuse(w, 404, "There is no such thing.")
			return
		}
		asked, fine := sent(w, r, members)
		if !fine || !matches(w, r, o["revision"]) {
			return
		}
		do(o, asked)
		o["revision"] = o["revision"].(int) + 1
		answer(w, 200, o["revision"], o)
	}
}

func matches(w http.ResponseWriter, r *http.Request, revision any) bool {
	switch match := r.Header.Get("If-Match"); {
	case match == "":
		refuse(w, 428, "Send If-Match with the ETag of the record that you mean to change.")
	case match != fmt.Sprintf(`"%v"`, revision):
		refuse(w, 412, "The record has changed since.")
	default:
		return true
	}
	return false
}

func bind(o, asked object) {
	o["key"] = object{"mode": "customer", "keyArn": asked["keyArn"], "state": "usable"}
}

func (c *Cell) deleteMigration(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("mig")
	if o := c.migrations[id]; o == nil {
		refuse(w, 404, "There is no such thing.")
	} else if matches(w, r, o["revision"]) {
		delete(c.migrations, id)
		w.WriteHeader(204)
	}
}

func (c *Cell) copyMigration(w http.ResponseWriter, r *http.Request) {
	o := c.migrations[r.PathValue("mig")]
	if o == nil {
		refuse(w, 404, "There is no such thing.")
		return
	}
	twin := maps.Clone(o)
	twin["id"], twin["revision"], twin["copiedFrom"] = c.name("mig"), 1, o["id"]
	c.migrations[twin["id"].(string)] = twin
	answer(w, 201, 1, twin)
}

func (c *Cell) listMigrations(w http.ResponseWriter, r *http.Request) {
	list := map[string]object{}
	for id, o := range c.migrations {
		status, archived := r.FormValue("status"), r.FormValue("archived")
		if o["org"] == r.PathValue("org") && (status == "" || o["status"] == status) && (archived == "" || fmt.Sprint(o["archived"]) == archived) {
			list[id] = o
		}
	}
	page(w, r, list)
}

func (c *Cell) events(w http.ResponseWriter, r *http.Request) {
	list := map[string]object{}
	for n, action := range []string{"org.created", "migration.created", "upload.sealed"} {
		if asked := r.FormValue("action"); asked == "" || asked == action {
			id := fmt.Sprintf("evt_%026d", n)
			list[id] = object{"id": id, "time": "2026-01-01T00:00:00.000Z", "action": action, "actor": "user:ada", "resource": r.PathValue("org"), "outcome": "done"}
		}
	}
	page(w, r, list)
}

// page answers a part of a list, newest first; the cursor is the id of the last.
func page(w http.ResponseWriter, r *http.Request, of map[string]object) {
	limit, err := strconv.Atoi(r.FormValue("limit"))
	if err != nil {
		limit = 50
	}
	if limit < 1 || limit > 100 {
		refuse(w, 400, "A parameter broke its rule.", object{"pointer": "?limit", "rule": "range", "detail": "It must be a whole number from 1 to 100."})
		return
	}
	items, next := []object{}, ""
	ids := slices.Sorted(maps.Keys(of))
	slices.Reverse(ids)
	for _, id := range ids {
		if cursor := r.FormValue("cursor"); cursor != "" && id >= cursor {
			continue
		}
		if len(items) == limit {
			next = items[limit-1]["id"].(string)
			break
		}
		items = append(items, of[id])
	}
	answer(w, 200, nil, object{"items": items, "next": next})
}
