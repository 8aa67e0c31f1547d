package story

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"waybill/internal/cell"
	"waybill/internal/localaws"
)

// whole starts a cell of template.yaml and the zips in functions. A free address may be taken before it is used.
func whole(functions string) (c *cell.Cell, err error) {
	for range 5 {
		if c, err = attempt(functions); err == nil {
			return c, nil
		}
	}
	return nil, err
}

func attempt(functions string) (*cell.Cell, error) {
	root, err := localaws.Checkout()
	if err != nil {
		return nil, err
	}
	o := cell.Options{Region: "eu-central-1", Functions: functions, Template: filepath.Join(root, "template.yaml"), Scratch: filepath.Join(root, "build")}
	for _, address := range []*string{&o.Address, &o.AWSAddress} {
		if *address, err = localaws.FreePort(); err != nil {
			return nil, err
		}
	}
	return cell.Start(context.Background(), o)
}

// built is where `make build` puts the functions' zips and the command line.
func built() (functions, waybill string, err error) {
	root, err := localaws.Checkout()
	return filepath.Join(root, "build", "functions"), filepath.Join(root, "build", "waybill"), err
}

// account is what /dev/aws says.
type account struct {
	Endpoint, Region, AccessKeyID, SecretAccessKey, Bucket, LedgerBucket string
	Tables, Functions                                                    map[string]string
}

func accountOf(url string) (a account, err error) {
	text, _, err := request(http.MethodGet, url+"/dev/aws", "", "")
	if err == nil {
		err = json.Unmarshal(text, &a)
	}
	return a, err
}

// root is beside the cell: the operator's hands, and the customer's.
func (a account) root() aws.Config {
	return a.as(credentials.NewStaticCredentialsProvider(a.AccessKeyID, a.SecretAccessKey, ""))
}

func (a account) as(who aws.CredentialsProvider) aws.Config {
	return aws.Config{Region: a.Region, BaseEndpoint: &a.Endpoint, Credentials: who}
}

// request sends JSON, or nothing, and answers the body and the status.
func request(method, url, token, body string) (text []byte, status int, err error) {
	req, err := http.NewRequest(method, url, bytes.NewReader([]byte(body)))
	if err != nil {
		return nil, 0, err
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, 0, fmt.Errorf("asking the cell: %w", err)
	}
	defer answer.Body.Close()
	text, err = io.ReadAll(answer.Body)
	return text, answer.StatusCode, err
}
