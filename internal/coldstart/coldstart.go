// Package coldstart measures how long a function takes from exec to its first question to the Lambda Runtime API: what a
// customer waits for when no process is warm, less what AWS needs to lay out the sandbox, which is not ours to change.
//
// It plays the Runtime API itself on a loopback address and never hands out an invocation, so nothing that a function
// does with one is measured. Figures of one machine mean little on another: compare with the peer in testdata/peer, a
// handler that does nothing, built by the same [Build] and measured in the same run.
package coldstart

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"time"

	"waybill/internal/clock"
)

// Peer is the package of the empty handler, relative to the module's root.
const Peer = "./internal/coldstart/testdata/peer"

// tooLong is when a function that has not asked is taken for one that never will.
const tooLong = 10 * time.Second

// Build builds a function as it is deployed, for the machine it will be measured on. It runs in the module's root, dir.
func Build(ctx context.Context, dir, pkg, binary string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-tags", "lambda.norpc", "-o", binary, pkg)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("building %s: %w\n%s", pkg, err, out)
	}
	return nil
}

// Measure starts the binary so often, one after another, and returns the median time from exec to the first question.
// The process has the environment env and AWS_LAMBDA_RUNTIME_API, and nothing of ours.
func Measure(binary string, env []string, runs int) (median time.Duration, err error) {
	medians, err := Compare([]Subject{{binary, env}}, runs)
	if err != nil {
		return 0, err
	}
	return medians[0], nil
}

// Subject is a binary to measure and the environment it needs.
type Subject struct {
	Binary string
	Env    []string
}

// Compare measures several binaries by turns, so that whatever else the machine is doing weighs on all of them alike.
// The medians come in the order of the subjects.
func Compare(subjects []Subject, runs int) (medians []time.Duration, err error) {
	api := serve()
	defer api.server.Close()
	times := make([][]time.Duration, len(subjects))
	for range runs {
		for i, s := range subjects {
			took, err := api.start(s)
			if err != nil {
				return nil, fmt.Errorf("starting %s: %w", s.Binary, err)
			}
			times[i] = append(times[i], took)
		}
	}
	for _, t := range times {
		medians = append(medians, median(t))
	}
	return medians, nil
}

// median is of at least one time; of an even number, the longer of the two in the middle.
func median(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)/2]
}

// runtimeAPI answers nobody, and tells when somebody asks.
type runtimeAPI struct {
	server *httptest.Server
	asked  chan time.Time
}

func serve() *runtimeAPI {
	api := &runtimeAPI{asked: make(chan time.Time, 1)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2018-06-01/runtime/invocation/next", func(_ http.ResponseWriter, r *http.Request) {
		api.asked <- clock.Now()
		<-r.Context().Done()
	})
	api.server = httptest.NewServer(mux)
	return api
}

// start runs one process until it asks.
func (api *runtimeAPI) start(s Subject) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(context.Background(), tooLong)
	defer cancel()
	cmd := exec.CommandContext(ctx, s.Binary)
	cmd.Env = append(slices.Clone(s.Env), "AWS_LAMBDA_RUNTIME_API="+api.server.Listener.Addr().String())
	begun := clock.Now()
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case at := <-api.asked:
		cancel()
		<-ended
		return at.Sub(begun), nil
	case err := <-ended:
		return 0, fmt.Errorf("it ended before it asked (%v)", err)
	}
}
