package cell

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"time"

	"waybill/internal/cell/clockwork"
	"waybill/internal/cell/issuer"
	"waybill/internal/cell/stack"
	"waybill/internal/localaws"
)

// front is what serves the cell's address.
type front struct {
	issuer  *issuer.Issuer
	player  *clockwork.Player
	aws     *localaws.Server
	outputs stack.Outputs
}

// handler sends to the API whatever is not development's own. Paths are compared as they were sent: http.ServeMux would
// clean them, and redirect, where API Gateway does not.
func (f *front) handler() http.Handler {
	development, api := f.development(), f.api()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if path := r.URL.EscapedPath(); path == "/healthz" || strings.HasPrefix(path, "/dev/") {
			development.ServeHTTP(w, r)
			return
		}
		api.ServeHTTP(w, r)
	})
}

// api hands requests on to API Gateway, path and query byte for byte.
func (f *front) api() http.Handler {
	target, _ := url.Parse(f.aws.Endpoint) // made by package localaws from an address it has checked
	prefix := "/_aws/execute-api/" + f.outputs["ApiId"] + "/$default"
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			sent := r.In.RequestURI
			if !strings.HasPrefix(sent, "/") { // a whole URL, as clients of proxies send it
				sent = r.In.URL.RequestURI()
			}
			path, query, asked := strings.Cut(sent, "?")
			r.Out.URL = &url.URL{
				Scheme: target.Scheme, Host: target.Host, Opaque: prefix + path, RawQuery: query, ForceQuery: asked,
			}
			r.SetXForwarded()
		},
		Transport:    f.aws.Config().HTTPClient.(*http.Client).Transport,
		ErrorHandler: unreachable,
	}
}

func unreachable(w http.ResponseWriter, r *http.Request, err error) {
	slog.ErrorContext(r.Context(), "the local AWS did not answer", "path", r.URL.Path, "error", err)
	problem(w, http.StatusBadGateway, "The local AWS did not answer.")
}

// sweep plays time to live once a minute, for as long as nobody moves the clock.
func (f *front) sweep(ctx context.Context) {
	minute := time.NewTicker(time.Minute)
	defer minute.Stop()
	for {
		select {
		case <-minute.C:
			if _, err := f.player.Sweep(ctx); err != nil && ctx.Err() == nil {
				slog.ErrorContext(ctx, "time to live was not played", "error", err)
			}
		case <-ctx.Done():
			return
		}
	}
}
