// Package infra holds what a deployment needs beside template.yaml, and hands the API its own description.
package infra

import _ "embed"

// OpenAPI is the description of the whole API, OpenAPI 3.1 in YAML, as it is served at /v1/openapi.yaml.
//
//go:embed openapi.yaml
var OpenAPI []byte
