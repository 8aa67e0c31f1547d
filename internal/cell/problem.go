package cell

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// problem answers with an RFC 9457 problem document. These are development's own; the API's are made in package web.
func problem(w http.ResponseWriter, status int, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]any{
		"type": "about:blank", "title": http.StatusText(status), "status": status, "detail": detail,
		"instance": "urn:waybill:dev:" + rand.Text(),
	})
}

func answer(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	json.NewEncoder(w).Encode(body)
}

// read takes one JSON object of known members from a request, and answers with a problem when there is none.
func read(w http.ResponseWriter, r *http.Request, into any) bool {
	err := decode(http.MaxBytesReader(w, r.Body, 1<<20), into)
	var long *http.MaxBytesError
	switch {
	case err == nil:
		return true
	case errors.As(err, &long):
		problem(w, http.StatusRequestEntityTooLarge, "The body is longer than 1 MiB.")
	default:
		problem(w, http.StatusBadRequest, fmt.Sprintf("The body is not the JSON object that is asked for: %v.", err))
	}
	return false
}

func decode(body io.Reader, into any) error {
	d := json.NewDecoder(body)
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if d.Decode(&struct{}{}) != io.EOF {
		return errors.New("there is more than one value")
	}
	return nil
}
