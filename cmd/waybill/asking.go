package main

import (
	"context"
	"errors"
	"os"

	"github.com/spf13/cobra"

	"waybill/internal/client"
)

// asked is what a command that calls the cell has in hand.
type asked struct {
	*client.Client
	ctx  context.Context
	args []string
}

// connect makes a client of the cell that the environment names.
func connect() (*client.Client, error) {
	at, token := os.Getenv("WAYBILL_URL"), os.Getenv("WAYBILL_TOKEN")
	if at == "" {
		return nil, misuse{errors.New("WAYBILL_URL is not set; it is the cell's address, such as https://cell.example or http://127.0.0.1:8080")}
	}
	if token == "" {
		return nil, misuse{errors.New("WAYBILL_TOKEN is not set; it is an access token of the cell's issuer")}
	}
	c, err := client.New(at, token)
	if err != nil {
		return nil, misused("reading WAYBILL_URL and WAYBILL_TOKEN: %w", err)
	}
	return c, nil
}

// action is what a command does.
type action = func(*cobra.Command, []string) error

// calls makes an action of a question to the cell.
func calls(ask func(asked) error) action {
	return func(c *cobra.Command, args []string) error {
		api, err := connect()
		if err != nil {
			return err
		}
		return ask(asked{api, c.Context(), args})
	}
}

// shows makes an action of a question whose answer is one record.
func shows[T any](print func(client.Record[T]) error, ask func(asked) (client.Record[T], error)) action {
	return calls(func(q asked) error {
		got, err := ask(q)
		if err != nil {
			return err
		}
		return print(got)
	})
}

// columns is how a list is printed: its heading, and the line of one thing.
type columns[T any] struct {
	header row
	line   func(T) row
}

// lists makes an action of a question whose answer comes in pages.
func lists[T any](p printer, l *listing, as columns[T], read func(asked, client.Range) (client.Page[T], error)) action {
	return calls(func(q asked) error {
		page, err := gather(*l, func(r client.Range) (client.Page[T], error) { return read(q, r) })
		if err != nil {
			return err
		}
		return show(p, page, as)
	})
}
