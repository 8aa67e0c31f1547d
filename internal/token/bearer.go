package token

import (
	"encoding/base64"
	"strings"
)

// maxToken is how long a token may be, in bytes. API Gateway passes on 10 KiB of headers altogether.
const maxToken = 8 << 10

// bearer takes the token out of the value of an Authorization header (RFC 6750, 2.1). Two headers reach us as one value
// with a comma between them, which no token contains.
func bearer(authorization string) (string, error) {
	scheme, raw, _ := strings.Cut(authorization, " ")
	raw = strings.TrimLeft(raw, " ")
	switch {
	case authorization == "":
		return "", refuse("No bearer token was sent.")
	case !strings.EqualFold(scheme, "Bearer"):
		return "", refuse("The authorization scheme is not Bearer.")
	case len(raw) > maxToken:
		return "", refuse("The token is longer than 8 KiB.")
	case strings.Contains(raw, ","):
		return "", refuse("More than one authorization was sent.")
	case !canonical(raw):
		return "", refuse("The token is not a JWT in compact form.")
	}
	return raw, nil
}

// canonical tells whether these are three parts in the one spelling that base64url has for their bytes, so that no
// second text passes for the one that was signed. Go's decoder skips line breaks and, unless strict, spare bits.
func canonical(raw string) bool {
	parts := strings.Split(raw, ".")
	if len(parts) != 3 || strings.ContainsAny(raw, "\r\n") {
		return false
	}
	for _, p := range parts {
		if _, err := base64.RawURLEncoding.Strict().DecodeString(p); err != nil || p == "" {
			return false
		}
	}
	return true
}
