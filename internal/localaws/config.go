package localaws

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/smithy-go/logging"
)

// Config speaks to this server alone, as root, in its region. It reads no variable and no file of the user's.
// The SDK's logger is silent: the local S3 puts checksums on error answers, and the SDK warns of each.
func (s *Server) Config() aws.Config {
	return aws.Config{
		Region:       s.Region,
		BaseEndpoint: aws.String(s.Endpoint),
		Credentials:  credentials.NewStaticCredentialsProvider(s.AccessKey, s.SecretKey, ""),
		HTTPClient:   loopbackClient(),
		Logger:       logging.Nop{},
	}
}

// Loopback refuses an address or URL whose host is not a literal loopback address. A name is refused, "localhost"
// included: what it stands for is decided elsewhere, and may change between the check and the use.
func Loopback(address string) error {
	host := address
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		host = u.Host
	}
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return fmt.Errorf("%q is not a loopback address (127.0.0.1:PORT)", address)
	}
	return nil
}

// loopbackClient knows no proxy and refuses to dial anything but this machine, wherever an endpoint came from.
func loopbackClient() *http.Client {
	var dialer net.Dialer
	return &http.Client{Transport: &http.Transport{
		MaxIdleConnsPerHost: 64,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			if err := Loopback(address); err != nil {
				return nil, err
			}
			return dialer.DialContext(ctx, network, address)
		},
	}}
}
