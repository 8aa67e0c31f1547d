// Package trigger is what AWS calls functions with beside HTTP: S3's reports through SQS, schedules, and a table's stream.
//
// It takes events apart, makes each into an Act of the function that is called, and hands it to a use case. Every handler
// may be called twice, late and out of order. Of a batch, each message that failed is given back by name, and the others
// are done (ReportBatchItemFailures). One structured line is logged per invocation; it names things by id only.
package trigger

import (
	"context"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"waybill/internal/audit"
)

// act is what a function does in one invocation.
func act(ctx context.Context, function string, now time.Time) audit.Act {
	return audit.Act{Actor: audit.Function(function), Time: audit.At(now), RequestID: requestID(ctx)}
}

func requestID(ctx context.Context) string {
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		return lc.AwsRequestID
	}
	return "direct"
}

// report logs the invocation's one line, at the level of how it ended.
func report(ctx context.Context, log *slog.Logger, message string, err error, attrs ...slog.Attr) {
	level := slog.LevelInfo
	if err != nil {
		level = slog.LevelError
		attrs = append(attrs, slog.String("error", err.Error()))
	}
	log.LogAttrs(ctx, level, message, append(attrs, slog.String("requestId", requestID(ctx)))...)
}
