package token

import (
	"slices"
	"time"
	"unicode/utf8"

	"github.com/go-jose/go-jose/v4/json"
)

// leeway is how far ahead of ours an issuer's clock may be.
const leeway = 30 * time.Second

// lastTime is the end of the year 9999, in seconds: beyond it, a number is not a time.
const lastTime = 253402300799

// claims are a verified payload: the issuer said this, and it may still not be for us.
type claims map[string]any

func readClaims(payload []byte) (claims, error) { return object(payload) }

// object reads one JSON object. Two members of one name are refused at any depth, for one reader would believe the
// first and another the last; names that differ in case are different names.
func object(text []byte) (map[string]any, error) {
	var o map[string]any
	if !utf8.Valid(text) || json.Unmarshal(text, &o) != nil || o == nil {
		return nil, refuse("The token does not hold well-formed JSON objects.")
	}
	return o, nil
}

// check holds the claims against what must be true of every token, whoever sent it.
func (v *Verifier) check(c claims, accessToken bool, now time.Time) error {
	if c["iss"] != v.Issuer {
		return refuse("The token is from another issuer.")
	}
	if !c.audience(v.Audience) {
		return refuse("The token is for another audience.")
	}
	if !accessToken && c.hasAny("nonce", "at_hash", "c_hash") {
		return refuse("The token is an ID token, not an access token.")
	}
	if c.hasAny("cnf") {
		return refuse("The token is bound to a key and is no bearer token.")
	}
	return c.checkTimes(now)
}

func (c claims) checkTimes(now time.Time) error {
	end, ok := c.time("exp")
	if !ok {
		return refuse("The token does not say when it ends.")
	}
	if !now.Before(end) {
		return refuse("The token has expired.")
	}
	for _, name := range []string{"nbf", "iat"} {
		start, ok := c.time(name)
		if c.hasAny(name) && !ok {
			return refuse("The token's times are not numbers.")
		}
		if start.After(now.Add(leeway)) {
			return refuse("The token is not valid yet.")
		}
	}
	return nil
}

// time reads a NumericDate (RFC 7519, 2): seconds, perhaps with a fraction, which is dropped.
func (c claims) time(name string) (time.Time, bool) {
	seconds, ok := c[name].(float64)
	if !ok || seconds < 0 || seconds > lastTime {
		return time.Time{}, false
	}
	return time.Unix(int64(seconds), 0), true
}

// audience tells whether the token is for that audience: `aud` is one name or a list of names (RFC 7519, 4.1.3).
func (c claims) audience(name string) bool {
	if name == "" {
		return false
	}
	list, ok := c["aud"].([]any)
	return c["aud"] == any(name) || ok && slices.Contains(list, any(name))
}

func (c claims) hasAny(names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool { _, found := c[name]; return found })
}

// text reads a claim that is text; absent and null are the empty text.
func (c claims) text(name string) (value string, ok bool) {
	if c[name] == nil {
		return "", true
	}
	value, ok = c[name].(string)
	return value, ok
}
