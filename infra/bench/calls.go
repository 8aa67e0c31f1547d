package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
)

// calls are the AWS calls of each operation, as the tests count and hold them.
func calls(ctx context.Context, root string) ([]Figure, error) {
	counting := exec.CommandContext(ctx, "go", "test", "-count=1", "-v", "-run", "^Test(CallsPerOperation|PurgeCallsOfS3)$", "./internal/crashpoint")
	counting.Dir = root
	out, err := counting.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("counting calls: %w\n%s", err, out)
	}
	var figures []Figure
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		_, row, counted := strings.Cut(lines.Text(), ": calls\t")
		if !counted {
			continue
		}
		fields := strings.Split(row, "\t")
		n, _ := strconv.ParseFloat(fields[1], 64)
		most, _ := strconv.ParseFloat(fields[2], 64)
		figures = append(figures, Figure{Name: fields[0], Unit: "calls", Ours: n, Bound: most, About: "counted exactly"})
	}
	return figures, nil
}
