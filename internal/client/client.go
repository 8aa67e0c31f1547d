// Package client speaks the API of a cell (infra/openapi.yaml). The command line is built on it, and so may any program be.
//
// A record comes as what it means to Go, as the bytes it was answered in, so that a member newer than this package is not
// lost, and with its ETag, which the next change of it needs. A refusal of the API is a *Problem. What was lost on the way,
// throttled or met by a server's fault is sent again after a while; every write that could otherwise happen twice carries
// an Idempotency-Key, the same one each time it is sent.
//
// It will not follow a redirection, it will not send a token in clear text to another machine, and no token, query or signed
// URL stands in any of its errors. It moves no file: that is package carry's.
package client

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Client is a caller of one cell. It is safe for use by several goroutines once it is set up.
type Client struct {
	// Retry spaces out what is sent again.
	Retry Retry

	base  *url.URL
	token string
	http  *http.Client
}

// timeout bounds one attempt. API Gateway answers after 30 s at the latest, one way or the other.
const timeout = 60 * time.Second

// New makes a client of the cell at base, https://host or http:// with a loopback host, for whom the token stands.
func New(base, token string) (*Client, error) {
	at, err := address(base)
	if err != nil {
		return nil, err
	}
	if strings.TrimSpace(token) != token || strings.ContainsAny(token, "\r\n") {
		return nil, errors.New("the token has blanks or line ends around it")
	}
	return &Client{Retry: Patient(), base: at, token: token, http: &http.Client{Timeout: timeout, CheckRedirect: Stay}}, nil
}

func address(base string) (*url.URL, error) {
	at, err := url.Parse(base)
	switch {
	case err != nil || at.Host == "" || (at.Scheme != "http" && at.Scheme != "https"):
		return nil, errors.New("the cell's address must look like https://cell.example")
	case at.User != nil || at.RawQuery != "" || at.Fragment != "":
		return nil, errors.New("the cell's address must have neither a user, a query nor a fragment")
	case at.Scheme == "http" && !loopback(at.Hostname()):
		return nil, fmt.Errorf("the cell's address must begin with https://: a token is not sent to %s in clear text", at.Hostname())
	}
	at.Path = strings.TrimRight(at.Path, "/")
	return at, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Address is the cell's, as it is called.
func (c *Client) Address() string { return c.base.String() }

// Stay is for http.Client's CheckRedirect: the answer is the redirection itself, which nobody here expects. Following it
// would carry a token, or a file, to wherever it points.
func Stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// Once draws an Idempotency-Key.
func Once() string { return rand.Text() }
