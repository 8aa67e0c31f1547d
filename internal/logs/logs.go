// Package logs is how functions log: JSON lines on standard error, which is where Lambda collects them.
//
// A line names things by id. No token, signed URL, file name, or other datum of a customer or a person belongs in one.
package logs

import (
	"log/slog"
	"os"
)

// New is the logger of a function.
func New(function string) *slog.Logger {
	return slog.New(slog.NewJSONHandler(os.Stderr, nil)).With(slog.String("function", function))
}
