package token

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// An issuer whose answers cannot be used is unavailable, whatever it answers.
func TestUnusableAnswers(t *testing.T) {
	t.Parallel()
	write := func(s string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte(s)) }
	}
	for name, answer := range map[string]http.HandlerFunc{
		"not found":            http.NotFound,
		"500":                  down,
		"nothing":              write(""),
		"HTML":                 write("<html>Sign in to the hotel's network</html>"),
		"null":                 write("null"),
		"an endless document":  func(w http.ResponseWriter, _ *http.Request) { endless(w) },
		"a redirect elsewhere": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) },
		"a connection that ends": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "9")
			w.Write([]byte("{"))
		},
	} {
		i := newIssuer(t, published("ed", edKey()))
		i.breakDown(answer)
		unavailableNow(t, i, name)
	}
}

// endless writes until nobody listens.
func endless(w http.ResponseWriter) {
	for {
		if _, err := w.Write(bytes.Repeat([]byte(" "), 64<<10)); err != nil {
			return
		}
	}
}

func unavailableNow(t *testing.T, i *issuer, name string) {
	t.Helper()
	v, _ := i.verifier()
	if _, err := verify(v, i.token(nil)); !errors.Is(err, ErrIssuerUnavailable) {
		t.Errorf("%s: %v", name, err)
	}
}

// What the issuer says of itself must fit what we were told of it.
func TestUnusableConfiguration(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]map[string]any{
		"another issuer's":           {"issuer": "https://evil.test"},
		"nobody's":                   {"issuer": nil},
		"keys nowhere":               {"jwks_uri": nil},
		"keys at a relative address": {"jwks_uri": "/keys"},
		"keys over plain http":       {"jwks_uri": "http://keys.test/keys"},
		"keys in a file":             {"jwks_uri": "file:///etc/passwd"},
		"keys at no address":         {"jwks_uri": "http://%zz"},
		"keys that are a number":     {"jwks_uri": 7},
	} {
		i := newIssuer(t, published("ed", edKey()))
		for k, value := range change {
			i.config[k] = value
		}
		unavailableNow(t, i, name)
	}
}

// A set of keys without one that can verify a token is a failure; one bad key among good ones is passed over.
func TestUnusableKeys(t *testing.T) {
	t.Parallel()
	ed := published("ed", edKey())
	forEncryption := ed
	forEncryption.Use = "enc"
	many := make([]jose.JSONWebKey, maxKeys+1)
	for n := range many {
		many[n] = ed
	}
	for name, set := range map[string]any{
		"no keys":              jose.JSONWebKeySet{},
		"no list of keys":      `{}`,
		"keys by another name": `{"Keys":[` + string(text(ed)) + `]}`,
		"too many keys":        jose.JSONWebKeySet{Keys: many},
		"more than 256 KiB":    strings.Repeat(" ", maxAnswer) + string(text(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{ed}})),
		"only for encryption":  jose.JSONWebKeySet{Keys: []jose.JSONWebKey{forEncryption}},
		"only a shared secret": jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{KeyID: "ed", Key: []byte("secret")}}},
		"only a weak key":      jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{KeyID: "ed", Key: &weakKey().PublicKey}}},
		"only a strange kind":  `{"keys":[{"kty":"OKP","crv":"Ed448","kid":"ed","x":"AAAA"}]}`,
		"only half a key":      `{"keys":[{"kty":"EC","crv":"P-256","kid":"ed","x":"AAAA"}]}`,
		"only a two-fold key":  `{"keys":[{"kty":"OKP","kty":"OKP","crv":"Ed25519","kid":"ed","x":"AAAA"}]}`,
		"keys that are texts":  `{"keys":["ed"]}`,
	} {
		i := newIssuer(t)
		i.publishText(text(set))
		unavailableNow(t, i, name)
	}
	i := newIssuer(t)
	i.publishText([]byte(`{"keys":["?",{"kty":"OKP","crv":"Ed448","x":"AA"},{"kty":"future","kid":"ed"},` + string(text(ed)) + `]}`))
	v, _ := i.verifier()
	if _, err := verify(v, i.token(nil)); err != nil {
		t.Errorf("a good key among bad ones: %v", err)
	}
}

// A key serves for what it is published for, and tokens without kid are tried against all that fit.
func TestChoiceOfKeys(t *testing.T) {
	t.Parallel()
	restricted := published("rsa", rsaKey())
	restricted.Algorithm = "PS256"
	twin := published("ed", p256Key())
	i := newIssuer(t, restricted, twin, published("stray", strayKey()), published("ed", edKey()))
	v, _ := i.verifier()
	for name, raw := range map[string]string{
		"a name that two keys share": i.token(nil),
		"the other of the two":       mint("ES256", p256Key(), members{"alg": "ES256", "kid": "ed"}, i.claims()),
		"no name":                    mint("EdDSA", edKey(), members{"alg": "EdDSA"}, i.claims()),
		"the algorithm of the key":   mint("PS256", rsaKey(), members{"alg": "PS256", "kid": "rsa"}, i.claims()),
	} {
		if _, err := verify(v, raw); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	refused(t, v, "an algorithm that the key is not for", "Bearer "+mint("RS256", rsaKey(), members{"alg": "RS256", "kid": "rsa"}, i.claims()), unknownKey)
}

// An issuer that takes the request and says nothing is waited for no longer than the client allows, and one that has
// gone away not at all.
func TestSilence(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, published("ed", edKey()))
	i.breakDown(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	v, _ := i.verifier()
	v.Client = &http.Client{Timeout: 50 * time.Millisecond}
	if _, err := verify(v, i.token(nil)); !errors.Is(err, ErrIssuerUnavailable) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a silent issuer: %v", err)
	}
	gone := newIssuer(t, published("ed", edKey()))
	gone.Close()
	unavailableNow(t, gone, "an issuer that has gone away")
}

// Only https is spoken, but on this machine; and nothing is sent to find that out.
func TestIssuerAddresses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		issuer  string
		visited bool
	}{
		{"https://login.example.com", true},
		{"https://login.example.com/tenants/1/", true},
		{"http://127.0.0.1:9/dev/oidc", true},
		{"http://[::1]:9", true},
		{"http://localhost:9", true},
		{"", false},
		{"login.example.com", false},
		{"https://", false},
		{"https:login.example.com", false},
		{"http://login.example.com", false},
		{"http://localhost.example.com", false},
		{"http://127.0.0.1.example.com", false},
		{"http://127.0.0.1@login.example.com", false},
		{"http://10.0.0.1", false},
		{"http://169.254.169.254", false},
		{"https://user:secret@login.example.com", false},
		{"https://login.example.com?a=b", false},
		{"https://login.example.com#a", false},
		{"ftp://127.0.0.1", false},
		{"https://%zz", false},
	} {
		var visited *http.Request
		v := &Verifier{Issuer: test.issuer, Audience: audience, Now: func() time.Time { return noon }}
		v.Client = &http.Client{Transport: transport(func(r *http.Request) { visited = r })}
		_, err := verify(v, mint("EdDSA", edKey(), edHeader(), members{}))
		if !errors.Is(err, ErrIssuerUnavailable) || (visited != nil) != test.visited {
			t.Errorf("%s: visited %t, %v", test.issuer, visited != nil, err)
		}
		if visited != nil && visited.URL.String() != strings.TrimSuffix(test.issuer, "/")+"/.well-known/openid-configuration" {
			t.Errorf("%s: asked %s", test.issuer, visited.URL)
		}
	}
}

// transport notes the request, and fails.
type transport func(*http.Request)

func (tr transport) RoundTrip(r *http.Request) (*http.Response, error) {
	tr(r)
	return nil, errors.New("no network here")
}

// The same over TLS, whose certificate is checked.
func TestTLS(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, published("ed", edKey()))
	secure := httptest.NewTLSServer(i.Config.Handler)
	t.Cleanup(secure.Close)
	i.config = map[string]any{"issuer": secure.URL, "jwks_uri": secure.URL + "/keys"}
	v, _ := i.verifier()
	v.Issuer = secure.URL
	raw := i.token(members{"iss": secure.URL})
	if _, err := verify(v, raw); !errors.Is(err, ErrIssuerUnavailable) {
		t.Errorf("a certificate of nobody we know: %v", err)
	}
	v.Client = secure.Client()
	if _, err := verify(v, raw); err != nil {
		t.Errorf("a certificate that we know: %v", err)
	}
	i.config["jwks_uri"] = i.URL + "/keys" // plain, on this machine
	v, _ = i.verifier()
	v.Issuer, v.Client = secure.URL, secure.Client()
	if _, err := verify(v, raw); !errors.Is(err, ErrIssuerUnavailable) {
		t.Errorf("keys over plain http, of an issuer over https: %v", err)
	}
}

// Without an audience to hold tokens against, none holds.
func TestNoAudienceConfigured(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, published("ed", edKey()))
	v, _ := i.verifier()
	v.Audience = ""
	for _, aud := range []any{"", []string{""}, nil, audience} {
		refused(t, v, "no audience", "Bearer "+i.token(members{"aud": aud}), "The token is for another audience.")
	}
}
