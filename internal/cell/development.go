package cell

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"waybill/internal/cell/clockwork"
	"waybill/internal/cell/issuer"
	"waybill/internal/clock"
)

// development serves what is absent from the template.
func (f *front) development() http.Handler {
	routes := map[string]map[string]http.HandlerFunc{
		"/healthz":   {"GET": f.health},
		"/dev/token": {"POST": f.token},
		"/dev/clock": {"GET": f.now, "POST": f.advance},
		"/dev/aws":   {"GET": f.account},
		"/dev/oidc/.well-known/openid-configuration": {"GET": always(f.issuer.Discovery())},
		"/dev/oidc/jwks": {"GET": always(f.issuer.Keys())},
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		methods, known := routes[r.URL.Path]
		if !known {
			problem(w, http.StatusNotFound, "There is no such path.")
			return
		}
		handle, admitted := methods[r.Method]
		if !admitted {
			w.Header().Set("Allow", strings.Join(slices.Sorted(maps.Keys(methods)), ", "))
			problem(w, http.StatusMethodNotAllowed, "This path does not know the method.")
			return
		}
		handle(w, r)
	})
}

func always(body any) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { answer(w, body) }
}

func (f *front) health(w http.ResponseWriter, _ *http.Request) {
	answer(w, map[string]string{"status": "ok"})
}

func (f *front) token(w http.ResponseWriter, r *http.Request) {
	asked := struct {
		Sub    string         `json:"sub"`
		Org    string         `json:"org"`
		Roles  []string       `json:"roles"`
		TTL    string         `json:"ttl"`
		Claims map[string]any `json:"claims"`
	}{TTL: "1h"}
	if !read(w, r, &asked) {
		return
	}
	lifetime, err := time.ParseDuration(asked.TTL)
	if asked.Sub == "" || err != nil {
		problem(w, http.StatusBadRequest, "A token wants a sub, and a ttl such as 1h.")
		return
	}
	token, err := f.issuer.Issue(issuer.Grant{
		Subject: asked.Sub, Organisation: asked.Org, Roles: append([]string{}, asked.Roles...),
		Lifetime: lifetime, Claims: asked.Claims,
	}, clock.Wall())
	if err != nil {
		problem(w, http.StatusBadRequest, "The claims cannot be put into a token.")
		return
	}
	answer(w, map[string]string{"token": token})
}

func (f *front) now(w http.ResponseWriter, _ *http.Request) { f.tell(w, nil) }

// advance goes on to its end when the caller does not wait for it: half a move is no state to be left in.
func (f *front) advance(w http.ResponseWriter, r *http.Request) {
	var asked struct {
		Advance string `json:"advance"`
	}
	if !read(w, r, &asked) {
		return
	}
	by, err := distance(asked.Advance)
	if err != nil {
		problem(w, http.StatusBadRequest, fmt.Sprintf("The clock cannot be moved so: %v.", err))
		return
	}
	ran, err := f.player.Advance(context.WithoutCancel(r.Context()), by)
	if err != nil {
		problem(w, http.StatusInternalServerError, fmt.Sprintf("The clock was not moved to the end: %v.", err))
		return
	}
	f.tell(w, ran)
}

func (f *front) tell(w http.ResponseWriter, ran []clockwork.Run) {
	answer(w, map[string]any{"now": f.player.Now().Truncate(time.Millisecond), "ran": append([]clockwork.Run{}, ran...)})
}

// distance reads a Go duration, or a number of days such as 14d.
func distance(text string) (by time.Duration, err error) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.ParseUint(days, 10, 16)
		if err != nil {
			return 0, fmt.Errorf("%q is no number of days", text)
		}
		by = time.Duration(n) * 24 * time.Hour
	} else if by, err = time.ParseDuration(text); err != nil {
		return 0, fmt.Errorf("%q is no duration such as 336h or 14d", text)
	}
	if by < 0 {
		return 0, fmt.Errorf("%q would move it back", text)
	}
	if by > clockwork.Farthest {
		return 0, fmt.Errorf("%q is farther than %d days", text, clockwork.Farthest/(24*time.Hour))
	}
	return by, nil
}

// account tells enough for `aws --endpoint-url`: the local AWS's root, which opens nothing else.
func (f *front) account(w http.ResponseWriter, _ *http.Request) {
	names := map[string]string{}
	for name, short := range functions(f.outputs) {
		names[short] = name
	}
	answer(w, map[string]any{
		"endpoint": f.aws.Endpoint, "region": f.aws.Region,
		"accessKeyId": f.aws.AccessKey, "secretAccessKey": f.aws.SecretKey,
		"bucket":       f.outputs["StagingBucket"],
		"tables":       map[string]string{"records": f.outputs["RecordsTable"], "audit": f.outputs["AuditTable"], "ledger": f.outputs["LedgerTable"]},
		"ledgerBucket": f.outputs["LedgerBucket"],
		"functions":    names,
	})
}
