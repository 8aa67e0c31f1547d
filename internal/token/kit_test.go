package token

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"waybill/internal/access"
)

// noon is when these tests happen.
var noon = time.Date(2026, 10, 5, 12, 0, 0, 0, time.UTC)

const (
	audience = "https://api.waybill.test"
	acme     = "org_01jd7h3m8v5q2x9k4n6p0r1s2t"
)

// The keys of the tests, made once.
var (
	rsaKey    = sync.OnceValue(func() *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, 2048)) })
	weakKey   = sync.OnceValue(func() *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, 1024)) })
	p256Key   = sync.OnceValue(func() *ecdsa.PrivateKey { return must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)) })
	p384Key   = sync.OnceValue(func() *ecdsa.PrivateKey { return must(ecdsa.GenerateKey(elliptic.P384(), rand.Reader)) })
	p521Key   = sync.OnceValue(func() *ecdsa.PrivateKey { return must(ecdsa.GenerateKey(elliptic.P521(), rand.Reader)) })
	edKey     = sync.OnceValue(newEd)
	nextKey   = sync.OnceValue(newEd) // the one that rotation brings
	strayKey  = sync.OnceValue(newEd) // one that no issuer publishes
	strayRSA  = sync.OnceValue(func() *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, 2048)) })
	publicRSA = sync.OnceValue(func() []byte { return must(json.Marshal(jose.JSONWebKey{Key: &rsaKey().PublicKey})) })
)

func newEd() ed25519.PrivateKey {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	return must(private, err)
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// members are a header or a payload.
type members map[string]any

// with adds members, or takes out those that are nil here.
func (m members) with(changes members) members {
	m = maps.Clone(m)
	for name, value := range changes {
		if m[name] = value; value == nil {
			delete(m, name)
		}
	}
	return m
}

// mint signs a token by hand, independently of the library that verifies it. A text is taken as it is, and anything else
// becomes JSON.
func mint(alg string, key any, header, payload any) string {
	signed := encode(text(header)) + "." + encode(text(payload))
	return signed + "." + encode(sign(alg, key, []byte(signed)))
}

func text(v any) []byte {
	if s, ok := v.(string); ok {
		return []byte(s)
	}
	return must(json.Marshal(v))
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// sign signs as RFC 7518 and RFC 8037 say.
func sign(alg string, key any, text []byte) []byte {
	hash := map[string]crypto.Hash{"256": crypto.SHA256, "384": crypto.SHA384, "512": crypto.SHA512}[alg[2:]]
	switch key := key.(type) {
	case ed25519.PrivateKey:
		return ed25519.Sign(key, text)
	case *ecdsa.PrivateKey:
		r, s, err := ecdsa.Sign(rand.Reader, key, digest(hash, text))
		size := (key.Curve.Params().BitSize + 7) / 8
		return append(r.FillBytes(make([]byte, size)), must(s, err).FillBytes(make([]byte, size))...)
	case *rsa.PrivateKey:
		if alg[:2] == "PS" {
			return must(rsa.SignPSS(rand.Reader, key, hash, digest(hash, text), &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}))
		}
		return must(rsa.SignPKCS1v15(rand.Reader, key, hash, digest(hash, text)))
	case []byte:
		mac := hmac.New(hash.New, key)
		mac.Write(text)
		return mac.Sum(nil)
	}
	return nil
}

func digest(hash crypto.Hash, text []byte) []byte {
	h := hash.New()
	h.Write(text)
	return h.Sum(nil)
}

// issuer is an OIDC issuer over HTTP, that rotates and fails as told.
type issuer struct {
	*httptest.Server
	asked atomic.Int64 // how often its keys were asked for

	mu     sync.Mutex
	set    []byte           // what it publishes
	config map[string]any   // what it says of itself
	broken http.HandlerFunc // answers instead, when set
}

// published is a public key under a name.
func published(kid string, private crypto.Signer) jose.JSONWebKey {
	return jose.JSONWebKey{KeyID: kid, Key: private.Public(), Use: "sig"}
}

func newIssuer(t testing.TB, keys ...jose.JSONWebKey) *issuer {
	i := &issuer{}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		w.Write(text(i.config))
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		i.asked.Add(1)
		w.Write(i.set)
	})
	i.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		i.mu.Lock()
		defer i.mu.Unlock()
		if i.broken != nil {
			i.broken(w, r)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(i.Close)
	i.config = map[string]any{"issuer": i.URL, "jwks_uri": i.URL + "/keys"}
	i.publish(keys...)
	return i
}

func (i *issuer) publish(keys ...jose.JSONWebKey) {
	i.publishText(text(jose.JSONWebKeySet{Keys: keys}))
}

func (i *issuer) publishText(set []byte) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.set = set
}

// breakDown lets the handler answer everything; nil repairs.
func (i *issuer) breakDown(answer http.HandlerFunc) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.broken = answer
}

func down(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }

// claims are those of a token that holds.
func (i *issuer) claims() members {
	return members{
		"iss": i.URL, "aud": audience, "sub": "ada", "org": acme, "roles": []string{"migration-admin"},
		"iat": noon.Unix(), "nbf": noon.Unix(), "exp": noon.Add(time.Hour).Unix(),
	}
}

// token is one that holds, but for the changes.
func (i *issuer) token(changes members) string {
	return mint("EdDSA", edKey(), edHeader(), i.claims().with(changes))
}

func edHeader() members { return members{"alg": "EdDSA", "kid": "ed", "typ": "JWT"} }

// verifier is one for the issuer, at noon. The clock moves by setting what now points to.
func (i *issuer) verifier() (v *Verifier, now *time.Time) {
	now = new(noon)
	return &Verifier{
		Issuer: i.URL, Audience: audience, OrgClaim: "org", RolesClaim: "roles",
		Now: func() time.Time { return *now },
	}, now
}

func verify(v *Verifier, raw string) (access.Principal, error) {
	return v.Verify(context.Background(), "Bearer "+raw)
}

// flip changes one character in the middle of a part of a token.
func flip(raw string, part int) string {
	parts := strings.Split(raw, ".")
	p := []byte(parts[part])
	if at := len(p) / 2; p[at] == 'A' {
		p[at] = 'B'
	} else {
		p[at] = 'A'
	}
	parts[part] = string(p)
	return strings.Join(parts, ".")
}
