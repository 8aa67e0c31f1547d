package story

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/rogpeppe/go-internal/testscript"

	"waybill/internal/bundle/specimen"
	"waybill/internal/ledger/auditor"
)

// TestStories runs testdata/stories/*.txt. Beside the usual commands they have:
//
//	waybill …                 the command line
//	as SUBJECT ROLE [ORG]     who it, and call, are from now on
//	call STATUS METHOD PATH [BODY]   asks the API; the answer is stdout
//	take NAME MEMBER          keeps a member of the last answer (a.b.c) in a variable; of lines, the last line for "."
//	advance DURATION          moves the cell's clock
//	bytes FILE N              makes a file of N random bytes
//	specimen FILE N           composes a support.zip of about N bytes, inflated
//	newkey NAME               makes a KMS key of the customer's
//	key disable|enable ARN    and what the customer does with it
//	drop FILE KEY ARN         puts an object by hand, under a KMS key
//	bucket                    lists every version and unfinished multipart upload, one a line; empty is "nothing"
//	audit [CERTIFICATE]       computes the ledger again with another log's client, without a token, and the certificate's place
//	until MEMBER VALUE METHOD PATH   asks until a member of the answer has the value: for what S3 reports by itself
func TestStories(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/stories", Setup: setUp,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"waybill": waybill, "as": as, "call": call, "take": take, "advance": advance, "bytes": makeBytes, "specimen": compose,
			"newkey": newKey, "key": useKey, "drop": drop, "bucket": bucket, "audit": audit, "until": until,
		},
	})
}

// stage is what a story has.
type stage struct {
	url, waybill string
	aws          account
	said         string           // the last answer
	auditor      *auditor.Auditor // nil before the first audit
}

func setUp(env *testscript.Env) error {
	functions, waybill, err := built()
	if err != nil {
		return err
	}
	c, err := whole(functions)
	if err != nil {
		return err
	}
	env.Defer(c.Stop)
	a, err := accountOf(c.URL)
	env.Values["stage"] = &stage{url: c.URL, waybill: waybill, aws: a}
	env.Setenv("WAYBILL_URL", c.URL)
	env.Setenv("WAYBILL_CACHE", env.WorkDir+"/.cache")
	return err
}

func on(ts *testscript.TestScript) *stage { return ts.Value("stage").(*stage) }

func waybill(ts *testscript.TestScript, neg bool, args []string) {
	c := exec.Command(on(ts).waybill, args...)
	c.Dir, c.Env = ts.Getenv("WORK"), []string{"WAYBILL_URL=" + ts.Getenv("WAYBILL_URL"), "WAYBILL_TOKEN=" + ts.Getenv("WAYBILL_TOKEN"), "WAYBILL_CACHE=" + ts.Getenv("WAYBILL_CACHE")}
	if a := on(ts).aws; args[0] == "restore" { // which the operator calls, with credentials for AWS
		c.Env = append(c.Env, "AWS_ENDPOINT_URL="+a.Endpoint, "AWS_REGION="+a.Region, "AWS_ACCESS_KEY_ID="+a.AccessKeyID, "AWS_SECRET_ACCESS_KEY="+a.SecretAccessKey)
	}
	c.Stderr = ts.Stderr()
	out, err := c.Output()
	on(ts).said = string(out)
	fmt.Fprint(ts.Stdout(), string(out))
	if (err != nil) != neg {
		ts.Fatalf("waybill %s: %v", args[0], err)
	}
}

func as(ts *testscript.TestScript, _ bool, args []string) {
	asked := map[string]any{"sub": args[0], "roles": []string{args[1]}}
	if len(args) > 2 {
		asked["org"] = args[2]
	}
	body, _ := json.Marshal(asked)
	text, _, err := request("POST", on(ts).url+"/dev/token", "", string(body))
	ts.Check(err)
	ts.Setenv("WAYBILL_TOKEN", member(ts, string(text), "token"))
}

func call(ts *testscript.TestScript, _ bool, args []string) {
	text, status, err := request(args[1], on(ts).url+args[2], ts.Getenv("WAYBILL_TOKEN"), strings.Join(args[3:], ""))
	ts.Check(err)
	on(ts).said = string(text)
	fmt.Fprintln(ts.Stdout(), string(text))
	if strconv.Itoa(status) != args[0] {
		ts.Fatalf("%s %s answered %d, want %s", args[1], args[2], status, args[0])
	}
}

func take(ts *testscript.TestScript, _ bool, args []string) {
	if args[1] == "." {
		lines := strings.Split(strings.TrimSpace(on(ts).said), "\n")
		ts.Setenv(args[0], lines[len(lines)-1])
		return
	}
	ts.Setenv(args[0], member(ts, on(ts).said, args[1]))
}

// member finds a.b.0.c in a JSON text.
func member(ts *testscript.TestScript, text, path string) string {
	var at any
	if err := json.Unmarshal([]byte(text), &at); err != nil {
		ts.Fatalf("%s is no JSON", text)
	}
	for name := range strings.SplitSeq(path, ".") {
		if list, isList := at.([]any); isList {
			i, err := strconv.Atoi(name)
			if err != nil || i >= len(list) {
				return ""
			}
			at = list[i]
			continue
		}
		members, _ := at.(map[string]any)
		at = members[name]
	}
	if at == nil {
		return ""
	}
	return fmt.Sprint(at)
}

func advance(ts *testscript.TestScript, _ bool, args []string) {
	call(ts, false, []string{"200", "POST", "/dev/clock", fmt.Sprintf(`{"advance":%q}`, args[0])})
}

func makeBytes(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	b := make([]byte, n)
	rand.NewChaCha8([32]byte{}).Read(b)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b, 0o600))
}

func compose(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	file, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	defer file.Close()
	_, err = specimen.Write(file, specimen.Options{Seed: 1, Size: int64(n)})
	ts.Check(err)
}

func newKey(ts *testscript.TestScript, _ bool, args []string) {
	made, err := kms.NewFromConfig(on(ts).aws.root()).CreateKey(context.Background(), &kms.CreateKeyInput{})
	ts.Check(err)
	ts.Setenv(args[0], *made.KeyMetadata.Arn)
}

func useKey(ts *testscript.TestScript, _ bool, args []string) {
	client, ctx := kms.NewFromConfig(on(ts).aws.root()), context.Background()
	var err error
	if args[0] == "disable" {
		_, err = client.DisableKey(ctx, &kms.DisableKeyInput{KeyId: &args[1]})
	} else {
		_, err = client.EnableKey(ctx, &kms.EnableKeyInput{KeyId: &args[1]})
	}
	ts.Check(err)
}

func (s *stage) s3() *s3.Client {
	return s3.NewFromConfig(s.aws.root(), func(o *s3.Options) { o.UsePathStyle = true })
}

func drop(ts *testscript.TestScript, _ bool, args []string) {
	f, err := os.Open(ts.MkAbs(args[0]))
	ts.Check(err)
	defer f.Close()
	_, err = on(ts).s3().PutObject(context.Background(), &s3.PutObjectInput{Bucket: &on(ts).aws.Bucket, Key: &args[1], Body: f, ServerSideEncryption: types.ServerSideEncryptionAwsKms, SSEKMSKeyId: &args[2]})
	ts.Check(err)
}

func bucket(ts *testscript.TestScript, _ bool, _ []string) {
	client, name := on(ts).s3(), aws.String(on(ts).aws.Bucket)
	objects, err := client.ListObjectVersions(context.Background(), &s3.ListObjectVersionsInput{Bucket: name})
	ts.Check(err)
	var lines []string
	for _, v := range objects.Versions {
		lines = append(lines, "version "+*v.Key)
	}
	for _, m := range objects.DeleteMarkers {
		lines = append(lines, "marker "+*m.Key)
	}
	open, err := client.ListMultipartUploads(context.Background(), &s3.ListMultipartUploadsInput{Bucket: name})
	ts.Check(err)
	for _, u := range open.Uploads {
		lines = append(lines, "unfinished "+*u.Key)
	}
	if len(lines) == 0 {
		lines = []string{"nothing"}
	}
	fmt.Fprintln(ts.Stdout(), strings.Join(lines, "\n"))
}

// until moves the clock by nothing between two questions: a move waits for what is on its way into the cell.
func until(ts *testscript.TestScript, _ bool, args []string) {
	for range 50 {
		text, _, err := request(args[2], on(ts).url+args[3], ts.Getenv("WAYBILL_TOKEN"), "")
		ts.Check(err)
		on(ts).said = string(text)
		if member(ts, string(text), args[0]) == args[1] {
			fmt.Fprintln(ts.Stdout(), string(text))
			return
		}
		_, _, err = request("POST", on(ts).url+"/dev/clock", "", `{"advance":"0s"}`)
		ts.Check(err)
	}
	ts.Fatalf("%s never became %s: %s", args[0], args[1], on(ts).said)
}
