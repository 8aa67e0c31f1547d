package token

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/json"
)

// The limits on what an issuer may answer.
const (
	answerIn  = 4 * time.Second // both documents together; API Gateway waits 10 s for an authorizer
	maxAnswer = 256 << 10       // bytes of one document
)

// fetch asks the issuer for its keys: first where they are (OpenID Connect Discovery 1.0, 4), then for them. Both are
// asked each time, so that an issuer may move its keys.
func (v *Verifier) fetch(ctx context.Context) ([]jose.JSONWebKey, error) {
	ctx, cancel := context.WithTimeout(ctx, answerIn)
	defer cancel()
	issuer, err := issuerURL(v.Issuer)
	if err != nil {
		return nil, err
	}
	var about struct {
		Issuer string `json:"issuer"`
		Keys   string `json:"jwks_uri"`
	}
	if err := v.get(ctx, issuer.JoinPath(".well-known/openid-configuration"), &about); err != nil {
		return nil, fmt.Errorf("reading the issuer's configuration: %w", err)
	}
	if about.Issuer != v.Issuer {
		return nil, errors.New("the configuration is another issuer's")
	}
	where, err := keysURL(about.Keys, issuer)
	if err != nil {
		return nil, err
	}
	var set keySet
	if err := v.get(ctx, where, &set); err != nil {
		return nil, fmt.Errorf("reading the issuer's keys: %w", err)
	}
	return set.usable()
}

// get reads one JSON document. Redirects are answers of the wrong status: the issuer's address is configuration, and
// nobody else may say where its keys are.
func (v *Verifier) get(ctx context.Context, from *url.URL, into any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, from.String(), nil)
	if err != nil {
		return err
	}
	req.Header.Set("Accept", "application/json")
	answer, err := v.client().Do(req)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d", answer.StatusCode)
	}
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer+1))
	if err != nil {
		return err
	}
	if len(text) > maxAnswer {
		return errors.New("the answer is too long")
	}
	if json.Unmarshal(text, into) != nil {
		return errors.New("the answer is not the JSON that was asked for")
	}
	return nil
}

// client is the configured one, or the process's own transport, that follows no redirects.
func (v *Verifier) client() *http.Client {
	var c http.Client
	if v.Client != nil {
		c = *v.Client
	}
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &c
}

// issuerURL reads the configured issuer: https, or http that does not leave this machine.
func issuerURL(issuer string) (*url.URL, error) {
	u, err := url.Parse(issuer)
	if err != nil {
		return nil, errors.New("the configured issuer is not an address")
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" || !(u.Scheme == "https" && u.Host != "" || local(u)) {
		return nil, errors.New("the configured issuer is neither a plain https address nor on this machine")
	}
	return u, nil
}

// keysURL reads where the keys are: at any https address, or on this machine when the issuer is.
func keysURL(keys string, issuer *url.URL) (*url.URL, error) {
	u, err := url.Parse(keys)
	if err != nil {
		return nil, errors.New("the address of the issuer's keys is not one")
	}
	if u.Scheme == "https" && u.Host != "" || local(issuer) && local(u) {
		return u, nil
	}
	return nil, errors.New("the address of the issuer's keys is not https")
}

// local tells whether plain http to that address stays on this machine.
func local(u *url.URL) bool {
	host := u.Hostname()
	return u.Scheme == "http" && (host == "localhost" || net.ParseIP(host).IsLoopback())
}
