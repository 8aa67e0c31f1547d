package cell

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"waybill/internal/cell/issuer"
	"waybill/internal/cell/stack"
	"waybill/internal/localaws"
)

func TestPathsAndQueriesPassByteForByte(t *testing.T) {
	t.Parallel()
	address := serveFront(t)
	for _, target := range []string{
		"/", "/v1/orgs", "/v1/orgs?limit=2&cursor=a%2Bb", "/v1/a%2Fb%20c", "/v1//double//slash/", "/v1/../up/./here",
		"/v1/x?", "/v1/x?a=1;b=2&c=%zz", "/v1/x?q=%C3%A9&q=é", "/dev%2Ftoken", "/healthz/", "/devices",
		"/v1/$default/@:+,;=!'()*",
	} {
		status, body := raw(t, address, "GET "+target+" HTTP/1.1")
		if want := "/_aws/execute-api/abcd1234/$default" + target; status != 200 || body != want {
			t.Errorf("%s arrived as %d %s", target, status, body)
		}
	}
	_, body := raw(t, address, "GET http://"+address+"/v1/whole%2Furl?x=1 HTTP/1.1")
	if body != "/_aws/execute-api/abcd1234/$default/v1/whole%2Furl?x=1" {
		t.Errorf("a whole URL arrived as %s", body)
	}
}

func TestHeadersPass(t *testing.T) {
	t.Parallel()
	address := serveFront(t)
	req, _ := http.NewRequest("POST", "http://"+address+"/v1/headers", strings.NewReader("{}"))
	for name, value := range map[string]string{
		"Authorization": "Bearer x", "Idempotency-Key": "k", "If-Match": `"3"`, "X-Amzn-Trace-Id": "Root=1",
	} {
		req.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	for name, values := range req.Header {
		if resp.Header.Get("Echo-"+name) != values[0] {
			t.Errorf("%s arrived as %q", name, resp.Header.Get("Echo-"+name))
		}
	}
	if resp.Header.Get("Apigw-Requestid") != "r1" {
		t.Error("the request id did not come back")
	}
}

func TestWhatIsNotThereIsAProblem(t *testing.T) {
	t.Parallel()
	address := serveFront(t)
	for line, want := range map[string]int{
		"GET /dev/nothing": 404, "GET /dev/": 404, "POST /healthz": 405, "GET /dev/token": 405, "DELETE /dev/clock": 405,
	} {
		status, body := raw(t, address, line+" HTTP/1.1")
		if status != want || !strings.Contains(body, `"title"`) {
			t.Errorf("%s: %d %s", line, status, body)
		}
	}
}

// serveFront serves a front whose local AWS tells what it was asked.
func serveFront(t *testing.T) (address string) {
	t.Helper()
	aws := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name := range r.Header {
			w.Header().Set("Echo-"+name, r.Header.Get(name))
		}
		w.Header().Set("Apigw-Requestid", "r1")
		io.WriteString(w, r.RequestURI)
	}))
	t.Cleanup(aws.Close)
	i, err := issuer.Open("http://127.0.0.1/dev/oidc", t.TempDir()+"/issuer.json")
	if err != nil {
		t.Fatal(err)
	}
	f := &front{issuer: i, aws: &localaws.Server{Endpoint: aws.URL}, outputs: stack.Outputs{"ApiId": "abcd1234"}}
	server := httptest.NewServer(f.handler())
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// raw sends a request line as it stands: a client would tidy it.
func raw(t *testing.T, address, line string) (int, string) {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "%s\r\nHost: %s\r\nConnection: close\r\n\r\n", line, address)
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}
