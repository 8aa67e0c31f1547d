package web

import (
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"waybill/internal/fault"
)

// exchange is one request and its answer, as the log tells it.
type exchange struct {
	http.ResponseWriter
	status int
	kind   fault.Kind // of the refusal; empty when what was asked was done
	err    error
}

// WriteHeader notes the status.
func (x *exchange) WriteHeader(status int) {
	x.status = status
	x.ResponseWriter.WriteHeader(status)
}

// watch sets what every answer carries, turns a panic into a 500 and logs one line per request. The line names the route
// by its pattern: no path, query, header, body, subject or token stands in it. Only of what is no refusal it tells the
// error, for that is nobody's but the operator's to mend.
func (a API) watch(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := a.Now()
		x := &exchange{ResponseWriter: w}
		defer func() {
			if v := recover(); v != nil {
				refuse(x, r, fmt.Errorf("panic: %v\n%s", v, debug.Stack()))
			}
			a.report(r, x, a.Now().Sub(began))
		}()
		common(w.Header(), callerOf(r.Context()).RequestID)
		next.ServeHTTP(x, r)
	})
}

func common(h http.Header, requestID string) {
	h.Set("Cache-Control", "no-store")
	h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
	h.Set("X-Content-Type-Options", "nosniff")
	if requestID != "" {
		h.Set("X-Request-Id", requestID)
	}
}

func (a API) report(r *http.Request, x *exchange, took time.Duration) {
	level := slog.LevelInfo
	line := []slog.Attr{slog.String("method", method(r)), slog.String("route", r.Pattern), slog.Int("status", x.status),
		slog.Int64("ms", took.Milliseconds()), slog.String("requestId", callerOf(r.Context()).RequestID)}
	if x.kind != "" {
		line = append(line, slog.String("refusal", string(x.kind)))
	}
	if x.status >= 500 {
		level = slog.LevelError
		line = append(line, slog.String("error", x.err.Error()))
	}
	a.Log.LogAttrs(r.Context(), level, "request", line...)
}

// method is the request's, unless somebody made up one of their own.
func method(r *http.Request) string {
	switch r.Method {
	case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE":
		return r.Method
	}
	return "other"
}
