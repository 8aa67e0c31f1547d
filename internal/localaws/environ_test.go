package localaws

import (
	"slices"
	"strings"
	"testing"
)

func TestNothingOfTheUsersReachesTheProcess(t *testing.T) {
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": "AKIAUSER", "AWS_SECRET_ACCESS_KEY": "users-secret", "AWS_SESSION_TOKEN": "users-token",
		"AWS_PROFILE": "production", "AWS_REGION": "us-gov-west-1", "AWS_ENDPOINT_URL": "https://users.example",
		"AWS_ENDPOINT_URL_S3": "https://s3.users.example", "AWS_CONFIG_FILE": "/home/user/.aws/config",
		"AWS_SHARED_CREDENTIALS_FILE": "/home/user/.aws/credentials", "HTTPS_PROXY": "https://proxy.users.example",
		"HOME": "/home/user", "SERVICES": "s3", "PYTHONPATH": "/home/user/lib",
	} {
		t.Setenv(name, value)
	}
	s := &Server{Endpoint: "http://127.0.0.1:4566", Region: "eu-west-2", opts: Options{
		Dir: "/state", Address: "127.0.0.1:4566", Env: []string{"WAYBILL_CLOCK=/state/clock"},
	}}
	env := s.environ()
	for _, v := range env {
		if strings.Contains(strings.ToLower(v), "user") || strings.Contains(v, "production") || strings.Contains(v, "us-gov") {
			t.Errorf("%s", v)
		}
	}
	for _, v := range []string{
		"AWS_ENDPOINT_URL=http://127.0.0.1:4566", "BIND_HOST=127.0.0.1", "AUTH=true", "WAYBILL_CLOCK=/state/clock",
	} {
		if !slices.Contains(env, v) {
			t.Errorf("%s is missing", v)
		}
	}
}

func TestLoopback(t *testing.T) {
	t.Parallel()
	for address, admitted := range map[string]bool{
		"127.0.0.1:8080": true, "127.0.0.1": true, "[::1]:8080": true, "http://127.0.0.1:4566": true,
		"http://127.9.9.9:1/x": true,
		"0.0.0.0:8080":         false, ":8080": false, "": false, "localhost:8080": false, "10.0.0.1:1": false,
		"https://s3.eu-west-2.amazonaws.com": false, "http://127.0.0.1.example.com": false, "169.254.169.254:80": false,
		"http://127.0.0.1@evil.example:80": false,
	} {
		if err := Loopback(address); (err == nil) != admitted {
			t.Errorf("%q: %v", address, err)
		}
	}
}
