// Package stack deploys template.yaml into the local AWS, by CloudFormation and unchanged but for one thing: where each
// function's code lies. It plays the part of `sam deploy` there, and of nothing else: a deployment on AWS is `make
// deploy`.
//
// The code comes from zips that were built before ({Functions}/{name}.zip, each with its `bootstrap`), and goes to a
// bucket of its own (waybill-artefacts) under {name}/{sha256}.zip, so that what did not change is not deployed again.
package stack

import (
	"context"
	"fmt"
	"os"
	"runtime"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// Name is the stack's.
const Name = "waybill"

// Deployment is what to deploy, and where its parts are.
type Deployment struct {
	Config    aws.Config // of the local AWS
	Template  string     // file
	Functions string     // directory of the zips
	Settings  Settings
}

// Settings are the template's parameters, as far as a cell in development differs.
type Settings struct {
	Issuer   string // of the tokens it accepts
	Audience string
	Home     bool // whether it serves organisations that chose no location
}

// Outputs are the stack's: names of what it made, by the names that template.yaml gives them.
type Outputs map[string]string

// Deploy makes or updates the stack and returns when CloudFormation has finished. An error of a resource is returned in
// CloudFormation's words.
func (d Deployment) Deploy(ctx context.Context) (Outputs, error) {
	url, err := d.template(ctx)
	if err != nil {
		return nil, err
	}
	c := cloudformation.NewFromConfig(d.Config)
	if err := put(ctx, c, url, d.Settings.parameters()); err != nil {
		return nil, fmt.Errorf("deploying %s: %w", d.Template, err)
	}
	return outputs(ctx, c)
}

func (d Deployment) template(ctx context.Context) (string, error) {
	text, err := os.ReadFile(d.Template)
	if err != nil {
		return "", fmt.Errorf("reading the template: %w", err)
	}
	names, err := Functions(text)
	if err != nil {
		return "", fmt.Errorf("reading %s: %w", d.Template, err)
	}
	store := artefacts{s3: s3.NewFromConfig(d.Config), endpoint: *d.Config.BaseEndpoint, region: d.Config.Region}
	if err := store.make(ctx); err != nil {
		return "", err
	}
	places := map[string]Place{}
	for _, name := range names {
		if places[name], err = store.function(ctx, d.Functions, name); err != nil {
			return "", err
		}
	}
	if text, err = Relocate(text, places); err != nil {
		return "", fmt.Errorf("reading %s: %w", d.Template, err)
	}
	return store.template(ctx, text)
}

func (s Settings) parameters() map[string]string {
	architecture := map[string]string{"amd64": "x86_64", "arm64": "arm64"}[runtime.GOARCH]
	return map[string]string{
		"Architecture": architecture,
		"HomeCell":     fmt.Sprint(s.Home),
		"OidcIssuer":   s.Issuer,
		"OidcAudience": s.Audience,
		"Local":        "true",
	}
}
