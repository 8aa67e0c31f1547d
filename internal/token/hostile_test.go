package token

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
)

// The sentences for what is wrong with a token before anybody looks at what it says.
const (
	notCompact = "The token is not a JWT in compact form."
	notJWT     = "The token is not a signed JWT."
	notJSON    = "The token does not hold well-formed JSON objects."
	algorithm  = "The token's signing algorithm is not accepted."
	extension  = "The token's header asks for an extension."
	badType    = "The token is of a type that gives no access."
	signature  = "The token's signature does not hold."
	unknownKey = "The token is signed by a key that its issuer does not publish."
	several    = "More than one authorization was sent."
)

// What is sent in place of one good bearer token.
func TestHostileValues(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, published("ed", edKey()))
	v, _ := i.verifier()
	good := i.token(nil)
	parts := strings.Split(good, ".")
	for name, test := range map[string]struct{ value, want string }{
		"nothing":                 {"", "No bearer token was sent."},
		"a space":                 {" ", "The authorization scheme is not Bearer."},
		"the bare token":          {good, "The authorization scheme is not Bearer."},
		"Basic":                   {"Basic " + good, "The authorization scheme is not Bearer."},
		"DPoP":                    {"DPoP " + good, "The authorization scheme is not Bearer."},
		"a tab after the scheme":  {"Bearer\t" + good, "The authorization scheme is not Bearer."},
		"a space before":          {" Bearer " + good, "The authorization scheme is not Bearer."},
		"the scheme alone":        {"Bearer", notCompact},
		"the scheme and a space":  {"Bearer ", notCompact},
		"two values":              {"Bearer " + good + ",Bearer " + good, several},
		"another scheme too":      {"Bearer " + good + ", Basic YTpi", several},
		"two tokens":              {"Bearer " + good + " " + good, notCompact},
		"a space after":           {"Bearer " + good + " ", notCompact},
		"a line break inside":     {"Bearer " + good[:9] + "\r\n" + good[9:], notCompact},
		"a line break at the end": {"Bearer " + good + "\n", notCompact},
		"9 KiB":                   {"Bearer " + strings.Repeat("a", 9<<10), "The token is longer than 8 KiB."},
		"a megabyte of dots":      {"Bearer " + strings.Repeat(".", 1<<20), "The token is longer than 8 KiB."},
		"8 KiB of dots":           {"Bearer " + strings.Repeat(".", 8<<10), notCompact},
		"two parts":               {"Bearer " + parts[0] + "." + parts[1], notCompact},
		"four parts":              {"Bearer " + good + "." + parts[2], notCompact},
		"five parts (JWE)":        {"Bearer " + good + ".a.b", notCompact},
		"JSON serialization":      {`Bearer {"payload":"` + parts[1] + `"}`, notCompact},
		"no signature":            {"Bearer " + parts[0] + "." + parts[1] + ".", notCompact},
		"no payload":              {"Bearer " + parts[0] + ".." + parts[2], notCompact},
		"padding":                 {"Bearer " + parts[0] + "." + parts[1] + "." + parts[2] + "==", notCompact},
		"base64 of the other kind": {"Bearer " + base64.RawStdEncoding.EncodeToString([]byte(`{"alg":"none","?":"??>"}`)) +
			"+/." + parts[1] + "." + parts[2], notCompact},
		"spare bits":             {"Bearer " + parts[0] + "." + parts[1] + "." + spareBits(parts[2]), notCompact},
		"an opaque key":          {"Bearer wbk_0123456789abcdef", notCompact},
		"another header":         {"Bearer " + flip(good, 0), ""},
		"another payload":        {"Bearer " + flip(good, 1), ""},
		"another signature":      {"Bearer " + flip(good, 2), signature},
		"another's signature":    {"Bearer " + parts[0] + "." + parts[1] + "." + strings.Split(i.token(members{"sub": "eve"}), ".")[2], signature},
		"a signature cut short":  {"Bearer " + parts[0] + "." + parts[1] + "." + parts[2][:40], signature},
		"a signature too long":   {"Bearer " + parts[0] + "." + parts[1] + "." + parts[2][:84] + strings.Repeat("A", 44), signature},
		"bytes beyond ASCII":     {"Bearer " + parts[0] + "." + parts[1] + ".é", notCompact},
		"a zero byte in between": {"Bearer " + parts[0] + "\x00." + parts[1] + "." + parts[2], notCompact},
	} {
		if test.want == "" { // which of the reasons depends on the bytes
			if _, err := v.Verify(t.Context(), test.value); err == nil {
				t.Errorf("%s: accepted", name)
			}
			continue
		}
		refused(t, v, name, test.value, test.want)
	}
}

// spareBits writes the same bytes in another way: the last character of 64 bytes has four bits that say nothing.
func spareBits(part string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := strings.IndexByte(alphabet, part[len(part)-1])
	return part[:len(part)-1] + string(alphabet[last|1])
}

// Headers that try to choose how, or by what, they are verified.
func TestHostileHeaders(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, published("rsa", rsaKey()), published("256", p256Key()), published("ed", edKey()))
	v, _ := i.verifier()
	claims := i.claims()
	ed := func(changes members) string { return mint("EdDSA", edKey(), edHeader().with(changes), claims) }
	for name, test := range map[string]struct{ raw, want string }{
		"none":                            {mint("none", nil, members{"alg": "none"}, claims) + "AA", algorithm},
		"None":                            {mint("None", nil, members{"alg": "None", "kid": "ed"}, claims) + "AA", algorithm},
		"no algorithm":                    {ed(members{"alg": nil}), algorithm},
		"an algorithm of null":            {mint("EdDSA", edKey(), `{"alg":null,"kid":"ed"}`, claims), algorithm},
		"an algorithm that is a list":     {ed(members{"alg": []string{"EdDSA"}}), algorithm},
		"an algorithm in small letters":   {ed(members{"alg": "eddsa"}), algorithm},
		"HMAC by the public key":          {mint("HS256", publicRSA(), members{"alg": "HS256", "kid": "rsa"}, claims), algorithm},
		"HMAC by nothing":                 {mint("HS256", []byte{}, members{"alg": "HS256", "kid": "rsa"}, claims), algorithm},
		"another curve's key":             {mint("ES384", p384Key(), members{"alg": "ES384", "kid": "256"}, claims), unknownKey},
		"a curve that is not the key's":   {mint("ES384", p256Key(), members{"alg": "ES384", "kid": "256"}, claims), unknownKey},
		"an RSA algorithm for an EC key":  {mint("RS256", rsaKey(), members{"alg": "RS256", "kid": "256"}, claims), unknownKey},
		"the kid of another key":          {ed(members{"kid": "rsa"}), unknownKey},
		"a kid that is a path":            {ed(members{"kid": "../../dev/null"}), unknownKey},
		"a kid that is a list":            {ed(members{"kid": []string{"ed"}}), notJWT},
		"PKCS #1 called PSS":              {mint("RS256", rsaKey(), members{"alg": "PS256", "kid": "rsa"}, claims), signature},
		"a stranger's key":                {mint("EdDSA", strayKey(), edHeader(), claims), signature},
		"a stranger's key, without kid":   {mint("EdDSA", strayKey(), edHeader().with(members{"kid": nil}), claims), signature},
		"a stranger's key in the header":  {mint("EdDSA", strayKey(), edHeader().with(members{"jwk": published("ed", strayKey())}), claims), signature},
		"the same, by a new name":         {mint("EdDSA", strayKey(), members{"alg": "EdDSA", "kid": "mine", "jwk": published("mine", strayKey())}, claims), unknownKey},
		"a private key in the header":     {ed(members{"jwk": jose.JSONWebKey{Key: strayKey()}}), notJWT},
		"a certificate that is none":      {ed(members{"x5c": []string{"AAAA"}}), notJWT},
		"crit":                            {ed(members{"crit": []string{"exp"}, "exp": 1}), extension},
		"crit of what go-jose knows":      {ed(members{"crit": []string{"b64"}, "b64": true}), extension},
		"an empty crit":                   {ed(members{"crit": []string{}}), extension},
		"a crit of null":                  {mint("EdDSA", edKey(), `{"alg":"EdDSA","kid":"ed","crit":null}`, claims), extension},
		"b64 without crit":                {ed(members{"b64": false}), extension},
		"a logout token":                  {ed(members{"typ": "logout+jwt"}), badType},
		"a DPoP proof":                    {ed(members{"typ": "dpop+jwt"}), badType},
		"a security event":                {ed(members{"typ": "application/secevent+jwt"}), badType},
		"a type that is no text":          {ed(members{"typ": 1}), badType},
		"an empty type":                   {ed(members{"typ": ""}), badType},
		"two algorithms":                  {mint("EdDSA", edKey(), `{"alg":"none","alg":"EdDSA","kid":"ed"}`, claims), notJWT},
		"two kids":                        {mint("EdDSA", edKey(), `{"alg":"EdDSA","kid":"x","kid":"ed"}`, claims), notJWT},
		"two of one name, written apart":  {mint("EdDSA", edKey(), `{"alg":"EdDSA","kid":"x","\u006bid":"ed"}`, claims), notJWT},
		"a header that is a list":         {mint("EdDSA", edKey(), `[]`, claims), notJWT},
		"a header that is null":           {mint("EdDSA", edKey(), `null`, claims), notJWT},
		"a header with more after it":     {mint("EdDSA", edKey(), `{"alg":"EdDSA","kid":"ed"}{}`, claims), notJWT},
		"a header that is not UTF-8":      {mint("EdDSA", edKey(), "{\"alg\":\"EdDSA\",\"kid\":\"ed\",\"x\":\"\xff\"}", claims), notJSON},
		"two of one name in what is odd":  {mint("EdDSA", edKey(), `{"alg":"EdDSA","kid":"ed","x":{"a":1,"a":2}}`, claims), notJWT},
		"signed by a key of another sort": {mint("RS256", strayRSA(), members{"alg": "RS256", "kid": "rsa"}, claims), signature},
	} {
		refused(t, v, name, "Bearer "+test.raw, test.want)
	}
}

// Payloads that one reader would understand in one way and another in another.
func TestHostilePayloads(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, published("ed", edKey()))
	v, _ := i.verifier()
	claims := strings.TrimSuffix(string(text(i.claims())), "}")
	for name, payload := range map[string]string{
		"two subjects":              claims + `,"sub":"eve"}`,
		"two organisations":         claims + `,"org":"org_other"}`,
		"the same, written apart":   claims + `,"r\u006fles":"org-admin"}`,
		"two of one name, deeper":   claims + `,"act":{"sub":"a","sub":"b"}}`,
		"two of one name in a list": claims + `,"act":[{"sub":"a","sub":"b"}]}`,
		"more after the end":        claims + `}{}`,
		"no end":                    claims,
		"a list":                    `[` + claims + `}]`,
		"null":                      `null`,
		"a text":                    `"ada"`,
		"not JSON":                  `ada`,
		"not UTF-8":                 claims + ",\"x\":\"\xff\xfe\"}",
		"nesting without end":       claims + `,"x":` + strings.Repeat("[", 3000) + "}",
	} {
		refused(t, v, name, "Bearer "+mint("EdDSA", edKey(), edHeader(), payload), notJSON)
	}
	subject := "The token's subject is missing, longer than 255 bytes or not printable."
	half := claims[:strings.Index(claims, `"sub"`)] + `"sub":"ada\ud800"}`
	for name, test := range map[string]struct{ payload, want string }{
		"half a character":  {half, subject},
		"names in capitals": {strings.ReplaceAll(claims+"}", `"sub"`, `"SUB"`), subject},
		"an empty object":   {`{}`, "The token is from another issuer."},
	} {
		refused(t, v, name, "Bearer "+mint("EdDSA", edKey(), edHeader(), test.payload), test.want)
	}
}

// Where a header says that a key may be found, nobody looks: such tokens hold or not by the issuer's keys alone.
func TestAddressesInHeadersAreNotVisited(t *testing.T) {
	t.Parallel()
	trap := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("an address in a token's header was visited")
	}))
	t.Cleanup(trap.Close)
	i := newIssuer(t, published("ed", edKey()))
	v, _ := i.verifier()
	lure := members{"jku": trap.URL, "x5u": trap.URL, "x5t": "AAAA", "jwk": published("ed", strayKey()), "cty": trap.URL}
	if _, err := verify(v, mint("EdDSA", edKey(), edHeader().with(lure), i.claims())); err != nil {
		t.Errorf("a good token with addresses: %v", err)
	}
	refused(t, v, "a bad token with addresses", "Bearer "+mint("EdDSA", strayKey(), edHeader().with(lure), i.claims()), signature)
}

// A type is a media type, in any case; at+jwt says access token, and then a nonce is nothing to wonder about.
func TestTypes(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, published("ed", edKey()))
	v, _ := i.verifier()
	for typ, nonce := range map[any]any{nil: nil, "JWT": nil, "jwt": nil, "application/jwt": nil, "at+jwt": "n", "AT+JWT": "n", "application/at+jwt": "n"} {
		raw := mint("EdDSA", edKey(), edHeader().with(members{"typ": typ}), i.claims().with(members{"nonce": nonce}))
		if _, err := verify(v, raw); err != nil {
			t.Errorf("typ %v: %v", typ, err)
		}
	}
}

// Refusals repeat nothing of a token, whatever is wrong with it.
func TestRefusalsRepeatNothing(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, published("ed", edKey()))
	v, _ := i.verifier()
	const canary = "canary7Q"
	for _, claim := range []string{"iss", "aud", "sub", "org", "roles", "exp", "nbf", "nonce", "cnf", "app"} {
		raw := i.token(members{claim: canary + "\n", "roles": "vendor"})
		if _, err := verify(v, raw); err == nil || strings.Contains(err.Error(), canary) {
			t.Errorf("claim %s: %v", claim, err)
		}
	}
	for _, name := range []string{"alg", "kid", "typ", "crit", "x5c", "jwk"} {
		raw := mint("EdDSA", edKey(), edHeader().with(members{name: canary}), i.claims())
		if _, err := verify(v, raw); err == nil || strings.Contains(err.Error(), canary) {
			t.Errorf("header %s: %v", name, err)
		}
	}
}
