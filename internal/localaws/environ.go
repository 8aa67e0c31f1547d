package localaws

import (
	"net"
	"os"
	"path/filepath"
)

// environ is everything the process sees. A function inherits it below its own variables, so nothing of the user's may
// stand here; PATH alone comes from outside.
func (s *Server) environ() []string {
	host, port, _ := net.SplitHostPort(s.opts.Address) // checked by Free
	env := []string{
		"PATH=" + os.Getenv("PATH"),
		"HOME=" + s.path("home"),
		"TMPDIR=" + s.path("tmp"),
		"LANG=C.UTF-8",
		"LOG_LEVEL=WARNING",

		"GATEWAY_PORT=" + port,
		"BIND_HOST=" + host,
		"MINISTACK_HOST=" + host,
		"MINISTACK_REGION=" + s.Region,
		"AUTH=true",          // evaluate IAM for every call
		"IOT_MTLS_ENABLED=0", // would listen on another port
		"SFTP_ENABLED=0",     // so would this
		"LAMBDA_EXECUTOR=local",

		"AWS_REGION=" + s.Region,
		"AWS_DEFAULT_REGION=" + s.Region,
		"AWS_ENDPOINT_URL=" + s.Endpoint, // handed on to the functions, which would call the real AWS without it
		"AWS_ACCESS_KEY_ID=" + s.AccessKey,
		"AWS_SECRET_ACCESS_KEY=" + s.SecretKey,
		"AWS_CONFIG_FILE=" + os.DevNull,
		"AWS_SHARED_CREDENTIALS_FILE=" + os.DevNull,
		"AWS_EC2_METADATA_DISABLED=true",
	}
	return append(append(env, s.persistence()...), s.opts.Env...)
}

func (s *Server) persistence() []string {
	if !s.opts.Keep {
		return nil
	}
	return []string{
		"PERSIST_STATE=1", "STATE_DIR=" + s.path("state"),
		"S3_PERSIST=1", "S3_DATA_DIR=" + s.path("s3"),
	}
}

func (s *Server) path(name string) string { return filepath.Join(s.opts.Dir, name) }
