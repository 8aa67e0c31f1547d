package token

import (
	"encoding/json"
	"strings"
	"testing"

	"waybill/internal/access"
)

// Whatever is sent, nothing panics, and only what the issuer signed is accepted, letter by letter.
func FuzzVerify(f *testing.F) {
	i := newIssuer(f, published("ed", edKey()), published("256", p256Key()), published("rsa", rsaKey()))
	v, _ := i.verifier()
	signed := map[string]bool{}
	for _, raw := range []string{
		i.token(nil), i.token(members{"roles": "viewer"}),
		mint("ES256", p256Key(), members{"alg": "ES256", "kid": "256"}, i.claims()),
		mint("RS256", rsaKey(), members{"alg": "RS256"}, i.claims()),
	} {
		signed[raw] = true
		f.Add("Bearer " + raw)
		f.Add("bearer  " + flip(raw, 1))
	}
	f.Add("Bearer " + mint("none", nil, members{"alg": "none"}, i.claims()))
	f.Add("Bearer " + mint("HS256", publicRSA(), members{"alg": "HS256", "kid": "rsa"}, i.claims()))
	f.Add("Bearer " + mint("EdDSA", strayKey(), members{"alg": "EdDSA", "jwk": published("ed", strayKey())}, i.claims()))
	f.Fuzz(func(t *testing.T, value string) {
		_, err := v.Verify(t.Context(), value)
		_, raw, _ := strings.Cut(value, " ")
		if err == nil && !signed[strings.TrimLeft(raw, " ")] {
			t.Errorf("accepted what was not signed: %q", value)
		}
	})
}

// Whatever an issuer signs, nothing panics, and a principal that comes of it contradicts neither itself nor the token.
func FuzzPayload(f *testing.F) {
	i := newIssuer(f, published("ed", edKey()))
	v, _ := i.verifier()
	f.Add(`{"alg":"EdDSA","kid":"ed","typ":"at+jwt"}`, string(text(i.claims())))
	f.Add(`{"alg":"EdDSA"}`, string(text(i.claims().with(members{"roles": "operator", "org": nil}))))
	f.Add(`{"alg":"EdDSA"}`, string(text(i.claims().with(members{"roles": "vendor viewer", "app": "a", "aud": []string{audience}}))))
	f.Add(`{"alg":"EdDSA","crit":null}`, `{"sub":"a","sub":"b"}`)
	f.Fuzz(func(t *testing.T, header, payload string) {
		p, err := verify(v, mint("EdDSA", edKey(), header, payload))
		if err != nil {
			return
		}
		var said map[string]any
		err = json.Unmarshal([]byte(payload), &said)
		if org, _ := said["org"].(string); err != nil || said["sub"] != p.Subject || org != p.Org {
			t.Errorf("%+v, of %s", p, payload)
		}
		if p.Subject == "" || p.Has(access.Operator) == (p.Org != "") || p.Has(access.Vendor) != (p.App != "") {
			t.Errorf("a contradiction: %+v, of %s", p, payload)
		}
	})
}
