package token

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"waybill/internal/access"
	"waybill/internal/fault"
)

// Every accepted algorithm, each with its own kind of key.
func TestAlgorithms(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, published("rsa", rsaKey()), published("256", p256Key()), published("384", p384Key()),
		published("521", p521Key()), published("ed", edKey()))
	v, _ := i.verifier()
	for _, test := range []struct {
		alg, kid string
		key      any
	}{
		{"RS256", "rsa", rsaKey()}, {"RS384", "rsa", rsaKey()}, {"RS512", "rsa", rsaKey()},
		{"PS256", "rsa", rsaKey()}, {"PS384", "rsa", rsaKey()}, {"PS512", "rsa", rsaKey()},
		{"ES256", "256", p256Key()}, {"ES384", "384", p384Key()}, {"ES512", "521", p521Key()},
		{"EdDSA", "ed", edKey()},
	} {
		raw := mint(test.alg, test.key, members{"alg": test.alg, "kid": test.kid}, i.claims())
		if _, err := verify(v, raw); err != nil {
			t.Errorf("%s: %v", test.alg, err)
		}
		if _, err := verify(v, flip(raw, 2)); !errors.Is(err, ErrUnauthenticated) {
			t.Errorf("%s with another signature: %v", test.alg, err)
		}
	}
}

// What an issuer may say in more than one way, and what it comes to.
func TestPrincipals(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, published("ed", edKey()))
	v, _ := i.verifier()
	ada := access.Principal{Subject: "ada", Org: acme, Roles: []access.Role{access.MigrationAdmin}}
	as := func(roles ...access.Role) access.Principal {
		return access.Principal{Subject: "ada", Org: acme, Roles: roles}
	}
	for name, test := range map[string]struct {
		change members
		want   access.Principal
	}{
		"as it is":                       {nil, ada},
		"for several audiences":          {members{"aud": []string{"https://else.test", audience}}, ada},
		"roles as text":                  {members{"roles": "viewer security-officer"}, as(access.Viewer, access.SecurityOfficer)},
		"roles twice":                    {members{"roles": []string{"viewer", "viewer"}}, as(access.Viewer)},
		"roles of others beside ours":    {members{"roles": []string{"billing", "viewer", "Viewer", ""}}, as(access.Viewer)},
		"no roles":                       {members{"roles": nil}, as()},
		"only roles of others":           {members{"roles": "root sudo"}, as()},
		"the operator":                   {members{"roles": "operator", "org": nil, "sub": "olive"}, access.Principal{Subject: "olive", Roles: []access.Role{access.Operator}}},
		"an empty organisation is none":  {members{"roles": "operator", "org": "", "sub": "olive"}, access.Principal{Subject: "olive", Roles: []access.Role{access.Operator}}},
		"a vendor":                       {members{"roles": "vendor", "app": "com.example.gantt"}, access.Principal{Subject: "ada", Org: acme, Roles: []access.Role{access.Vendor}, App: "com.example.gantt"}},
		"an app of no vendor":            {members{"app": 7}, ada},
		"a subject beyond ASCII":         {members{"sub": "auth0|Zoë Müller 李"}, access.Principal{Subject: "auth0|Zoë Müller 李", Org: acme, Roles: ada.Roles}},
		"a subject of 255 bytes":         {members{"sub": strings.Repeat("s", 255)}, access.Principal{Subject: strings.Repeat("s", 255), Org: acme, Roles: ada.Roles}},
		"ending in a second":             {members{"exp": noon.Unix() + 1}, ada},
		"times with fractions":           {members{"exp": float64(noon.Unix()) + 60.5, "iat": float64(noon.Unix()) - .25}, ada},
		"no nbf, no iat":                 {members{"nbf": nil, "iat": nil}, ada},
		"an issuer's clock 30 s ahead":   {members{"nbf": noon.Unix() + 30, "iat": noon.Unix() + 30}, ada},
		"claims that mean nothing to us": {members{"scope": "a b", "azp": "x", "jti": "1", "amr": []any{1, members{"a": nil}}}, ada},
		"a nonce by another name":        {members{"Nonce": "n"}, ada},
	} {
		got, err := verify(v, i.token(test.change))
		if err != nil || !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: %+v, %v; want %+v", name, got, err, test.want)
		}
	}
}

// Claims go by the names that the issuer gives them.
func TestClaimNames(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, published("ed", edKey()))
	v, _ := i.verifier()
	v.OrgClaim, v.RolesClaim = "https://waybill.test/org", "cognito:groups"
	got, err := verify(v, i.token(members{"https://waybill.test/org": acme, "cognito:groups": []string{"viewer"}, "org": "org_other", "roles": "operator"}))
	if want := (access.Principal{Subject: "ada", Org: acme, Roles: []access.Role{access.Viewer}}); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
}

// The scheme is written in any case, with any spaces after it.
func TestAuthorizationValues(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, published("ed", edKey()))
	v, _ := i.verifier()
	for _, prefix := range []string{"Bearer ", "bearer ", "BEARER ", "Bearer   "} {
		if _, err := v.Verify(t.Context(), prefix+i.token(nil)); err != nil {
			t.Errorf("%q: %v", prefix, err)
		}
	}
}

// A change of the claims, under a good signature, and why it is refused.
func TestRefusedClaims(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, published("ed", edKey()))
	v, _ := i.verifier()
	const (
		issuer   = "The token is from another issuer."
		audience = "The token is for another audience."
		end      = "The token does not say when it ends."
		early    = "The token is not valid yet."
		times    = "The token's times are not numbers."
		subject  = "The token's subject is missing, longer than 255 bytes or not printable."
		org      = "The token's organisation is not an organisation's id."
		roles    = "The token's roles are neither text nor a list of texts."
		app      = "The token of a vendor names no app."
	)
	for name, test := range map[string]struct {
		change members
		want   string
	}{
		"another issuer":                  {members{"iss": "https://evil.test"}, issuer},
		"the issuer with a slash":         {members{"iss": i.URL + "/"}, issuer},
		"the issuer in a list":            {members{"iss": []string{i.URL}}, issuer},
		"no issuer":                       {members{"iss": nil}, issuer},
		"another audience":                {members{"aud": "https://else.test"}, audience},
		"other audiences":                 {members{"aud": []string{"a", "b"}}, audience},
		"an audience that begins alike":   {members{"aud": "https://api.waybill.test.evil"}, audience},
		"an audience in another case":     {members{"aud": "HTTPS://api.waybill.test"}, audience},
		"an audience in a list in a list": {members{"aud": []any{[]string{"https://api.waybill.test"}}}, audience},
		"no audience":                     {members{"aud": nil}, audience},
		"an empty audience":               {members{"aud": ""}, audience},
		"an empty list of audiences":      {members{"aud": []string{}}, audience},

		"no end":                {members{"exp": nil}, end},
		"an end that is text":   {members{"exp": "1893456000"}, end},
		"an end before 1970":    {members{"exp": -1}, end},
		"an end beyond time":    {members{"exp": 1e300}, end},
		"ended an hour ago":     {members{"exp": noon.Unix() - 3600}, "The token has expired."},
		"ends now":              {members{"exp": noon.Unix()}, "The token has expired."},
		"begins in 31 s":        {members{"nbf": noon.Unix() + 31}, early},
		"issued in 31 s":        {members{"iat": noon.Unix() + 31}, early},
		"a beginning of text":   {members{"nbf": "now"}, times},
		"issued at true":        {members{"iat": true}, times},
		"issued beyond time":    {members{"iat": 1e18}, times},
		"an ID token":           {members{"nonce": "n-0S6"}, "The token is an ID token, not an access token."},
		"an ID token by hash":   {members{"at_hash": "77QmUPtjPfzWtF2AnpK9RQ"}, "The token is an ID token, not an access token."},
		"bound to a DPoP key":   {members{"cnf": members{"jkt": "0ZcOCORZ"}}, "The token is bound to a key and is no bearer token."},
		"bound to a TLS client": {members{"cnf": members{"x5t#S256": "bwcK0esc"}}, "The token is bound to a key and is no bearer token."},

		"no subject":                      {members{"sub": nil}, subject},
		"an empty subject":                {members{"sub": ""}, subject},
		"a subject of 256 bytes":          {members{"sub": strings.Repeat("s", 256)}, subject},
		"a subject that is a number":      {members{"sub": 42}, subject},
		"a subject with a line break":     {members{"sub": "ada\nroot"}, subject},
		"a subject with a zero byte":      {members{"sub": "ada\x00"}, subject},
		"a subject that turns text round": {members{"sub": "ada\u202eadmin"}, subject},
		"a subject with nothing to see":   {members{"sub": "ada\u200b"}, subject},

		"an organisation of another form": {members{"org": "acme"}, org},
		"an organisation's bare prefix":   {members{"org": "org_"}, org},
		"a migration for an organisation": {members{"org": "mig_01jd7h3m8v5q2x9k4n6p0r1s2t"}, org},
		"a path for an organisation":      {members{"org": "org_a/../org_b"}, org},
		"an organisation in capitals":     {members{"org": "org_01JD"}, org},
		"an endless organisation":         {members{"org": "org_" + strings.Repeat("a", 65)}, org},
		"two organisations":               {members{"org": []string{acme, "org_2"}}, org},

		"roles as a number":           {members{"roles": 1}, roles},
		"roles as an object":          {members{"roles": members{"operator": true}}, roles},
		"a role that is no text":      {members{"roles": []any{"viewer", 1}}, roles},
		"a role in a list in a list":  {members{"roles": []any{[]string{"operator"}}}, roles},
		"an operator of a customer":   {members{"roles": "operator"}, "The operator has no organisation, and the token names one."},
		"an operator and more":        {members{"roles": "operator org-admin", "org": nil}, "The operator has no other role, and the token names one."},
		"an admin of nothing":         {members{"org": nil}, "The token names no organisation."},
		"nobody of nothing":           {members{"org": nil, "roles": nil}, "The token names no organisation."},
		"a vendor without an app":     {members{"roles": "vendor"}, app},
		"a vendor with an odd app":    {members{"roles": "vendor", "app": "a\tb"}, app},
		"a vendor of several apps":    {members{"roles": "vendor", "app": []string{"a", "b"}}, app},
		"a vendor with an empty app":  {members{"roles": "vendor", "app": ""}, app},
		"a vendor of an endless name": {members{"roles": "vendor", "app": strings.Repeat("a", 256)}, app},
	} {
		refused(t, v, name, "Bearer "+i.token(test.change), test.want)
	}
}

// refused holds that the value is refused for that reason, and that nothing of it is in the error.
func refused(t *testing.T, v *Verifier, name, authorization, want string) {
	t.Helper()
	p, err := v.Verify(t.Context(), authorization)
	var r *fault.Refusal
	if !errors.As(err, &r) || !errors.Is(err, ErrUnauthenticated) || r.Detail != want {
		t.Errorf("%s: %v, want %s", name, err, want)
	}
	if !reflect.DeepEqual(p, access.Principal{}) {
		t.Errorf("%s: refused, and still %+v", name, p)
	}
}

// The end is counted to the second, and the clock is the cell's.
func TestExpiry(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, published("ed", edKey()))
	v, now := i.verifier()
	raw := i.token(nil)
	for _, test := range []struct {
		at    time.Duration
		holds bool
	}{
		{-31 * time.Second, false}, {-30 * time.Second, true}, {0, true},
		{time.Hour - 1, true}, {time.Hour, false}, {14 * 24 * time.Hour, false},
	} {
		*now = noon.Add(test.at)
		if _, err := verify(v, raw); (err == nil) != test.holds {
			t.Errorf("at noon + %v: %v", test.at, err)
		}
	}
}
