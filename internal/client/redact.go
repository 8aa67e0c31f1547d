package client

import (
	"errors"
	"net/url"
	"strings"
)

// Redact takes the query, and a user, out of the URL that a transport's error names: those of a signed URL are a secret
// for as long as it holds. Errors that it is wrapped in go; what it wraps stays.
func Redact(err error) error {
	at, found := errors.AsType[*url.Error](err)
	if !found {
		return err
	}
	return &url.Error{Op: at.Op, URL: bare(at.URL), Err: at.Err}
}

func bare(address string) string {
	address, _, _ = strings.Cut(address, "?")
	scheme, rest, found := strings.Cut(address, "://")
	if !found {
		return address
	}
	authority, path, _ := strings.Cut(rest, "/")
	if _, host, found := strings.Cut(authority, "@"); found {
		authority = host
	}
	return scheme + "://" + authority + "/" + path
}
