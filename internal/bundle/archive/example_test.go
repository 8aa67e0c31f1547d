package archive_test

import (
	"bytes"
	"context"
	"fmt"

	"waybill/internal/bundle/archive"
)

// Errors are counted in every log of a bundle, rotated ones too, on two cores.
func ExampleRead() {
	zip := zipOf(
		item{name: "application-logs/atlassian-jira.log", text: "06:00 main INFO up\n06:01 main ERROR no mail\n06:02 main ERROR no index\n"},
		item{name: "application-logs/atlassian-jira.log.1.gz", text: gz("05:00 main ERROR no database\n")},
		item{name: "../outside.log", text: "\n"},
	)
	a, err := archive.Open(context.Background(), bytes.NewReader(zip), int64(len(zip)), archive.DefaultLimits())
	if err != nil {
		fmt.Println(err)
		return
	}
	report := archive.Read(context.Background(), a, archive.Pass[int]{
		Workers: 2,
		Look:    func(b *archive.Block) int { return bytes.Count(b.Text, []byte(" ERROR ")) },
		Take: func(f *archive.File, errors int) {
			if errors > 0 && f.Entry.Index == 0 {
				fmt.Println(f.Name, errors)
			}
		},
	})
	for _, f := range report.Files {
		fmt.Println(f.Kind, f.Name, f.Lines)
	}
	for _, p := range report.Problems {
		fmt.Println(p)
	}
	// Output:
	// application-logs/atlassian-jira.log 2
	// text application-logs/atlassian-jira.log 3
	// gzip application-logs/atlassian-jira.log.1.gz 0
	// text application-logs/atlassian-jira.log.1.gz!atlassian-jira.log.1 1
	// text ../outside.log 1
	// ../outside.log: path-traversal: a path that leads out of the archive
}
