package issuer_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"waybill/internal/access"
	"waybill/internal/cell/issuer"
	"waybill/internal/token"
)

const org = "org_01kb0000000000000000000000"

var noon = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

func TestTokensAreVerifiedAsAnyIssuers(t *testing.T) {
	t.Parallel()
	for name, grant := range map[string]issuer.Grant{
		"an operator": {Subject: "olga", Roles: []string{"operator"}},
		"an admin":    {Subject: "ada", Organisation: org, Roles: []string{"viewer", "org-admin"}},
		"a vendor": {
			Subject: "vera", Organisation: org, Roles: []string{"vendor"}, Claims: map[string]any{"app": "acme.gantt"},
		},
	} {
		i := serve(t, filepath.Join(t.TempDir(), "issuer.json"))
		grant.Lifetime = time.Hour
		p, err := i.verify(t, issue(t, i, grant), noon.Add(59*time.Minute))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if p.Subject != grant.Subject || p.Org != grant.Organisation || len(p.Roles) != len(grant.Roles) {
			t.Errorf("%s is %+v", name, p)
		}
	}
}

func TestTokensEnd(t *testing.T) {
	t.Parallel()
	i := serve(t, filepath.Join(t.TempDir(), "issuer.json"))
	for lifetime, at := range map[time.Duration]time.Time{time.Hour: noon.Add(61 * time.Minute), -time.Minute: noon} {
		text := issue(t, i, issuer.Grant{Subject: "olga", Roles: []string{"operator"}, Lifetime: lifetime})
		_, err := i.verify(t, text, at)
		if !errors.Is(err, token.ErrUnauthenticated) || !strings.Contains(err.Error(), "expired") {
			t.Errorf("a token of %v at %v: %v", lifetime, at, err)
		}
	}
}

func TestClaimsAreAddedAsTheyAre(t *testing.T) {
	t.Parallel()
	i := serve(t, filepath.Join(t.TempDir(), "issuer.json"))
	extra := map[string]any{"app": "acme.gantt", "aud": "another", "sub": "somebody else"}
	text := issue(t, i, issuer.Grant{Subject: "ada", Lifetime: time.Hour, Claims: extra})
	var claims map[string]any
	parsed, err := jwt.ParseSigned(text, []jose.SignatureAlgorithm{jose.ES256})
	if err != nil {
		t.Fatal(err)
	}
	if err := parsed.UnsafeClaimsWithoutVerification(&claims); err != nil {
		t.Fatal(err)
	}
	if _, named := claims["org"]; named {
		t.Error("an organisation is named that was not asked for")
	}
	if claims["app"] != "acme.gantt" || claims["sub"] != "somebody else" || claims["aud"] != "another" {
		t.Errorf("claims %v", claims)
	}
	if parsed.Headers[0].ExtraHeaders["typ"] != "at+jwt" || parsed.Headers[0].KeyID == "" {
		t.Errorf("header %v", parsed.Headers[0])
	}
}

func TestTheKeyIsKeptAndNobodyElseReadsIt(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "issuer.json")
	first, second := serve(t, file), serve(t, file)
	grant := issuer.Grant{Subject: "olga", Roles: []string{"operator"}, Lifetime: time.Hour}
	grant.Claims = map[string]any{"iss": second.url}
	if _, err := second.verify(t, issue(t, first, grant), noon); err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key: %v, %v", info, err)
	}
	if names := members(t, first.Keys()); slices.Contains(names, "d") {
		t.Errorf("the key set shows the private key: %v", names)
	}
}

func members(t *testing.T, keys any) (names []string) {
	t.Helper()
	b, err := json.Marshal(keys)
	if err != nil {
		t.Fatal(err)
	}
	var set struct{ Keys []map[string]any }
	if err := json.Unmarshal(b, &set); err != nil || len(set.Keys) != 1 {
		t.Fatalf("%s: %v", b, err)
	}
	for name := range set.Keys[0] {
		names = append(names, name)
	}
	return names
}

type served struct {
	*issuer.Issuer
	url string
}

// serve publishes an issuer as the cell's front does.
func serve(t *testing.T, file string) served {
	t.Helper()
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	i, err := issuer.Open(server.URL, file)
	if err != nil {
		t.Fatal(err)
	}
	for path, body := range map[string]any{"/.well-known/openid-configuration": i.Discovery(), "/jwks": i.Keys()} {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) { json.NewEncoder(w).Encode(body) })
	}
	return served{i, server.URL}
}

func (s served) verify(t *testing.T, text string, now time.Time) (access.Principal, error) {
	t.Helper()
	v := token.Verifier{
		Issuer: s.url, Audience: issuer.Audience, OrgClaim: "org", RolesClaim: "roles",
		Now: func() time.Time { return now },
	}
	return v.Verify(t.Context(), "Bearer "+text)
}

func issue(t *testing.T, i served, g issuer.Grant) string {
	t.Helper()
	text, err := i.Issue(g, noon)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
