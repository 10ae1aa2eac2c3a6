// Reads two boards with the client that openapi-generator has made of the first one's openapi.yaml.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"strconv"
	"time"

	"example.com/game/board"
)

var ctx = context.Background()

func connect(address string) *board.APIClient {
	configuration := board.NewConfiguration()
	configuration.Servers = board.ServerConfigurations{{URL: address}}
	return board.NewAPIClient(configuration)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func readPage(client *board.APIClient, offset int, asOf *time.Time, window string) *board.Page {
	request := client.RanksAPI.Leaderboard(ctx).Offset(int32(offset)).Limit(100)
	if asOf != nil {
		request = request.AsOf(*asOf)
	}
	if window != "" {
		request = request.Window(window)
	}
	page, _, err := request.Execute()
	check(err)
	return page
}

func exact(number float64) string { return strconv.FormatFloat(number, 'f', -1, 64) }

func main() {
	runs, totals := connect(os.Args[1]), connect(os.Args[2])
	first := readPage(runs, 0, nil, "")
	asOf, entries := first.AsOf.Get(), first.Entries
	fmt.Println("first page")
	_, err := bufio.NewReader(os.Stdin).ReadString('\n')
	check(err)
	for int64(len(entries)) < first.Players {
		entries = append(entries, readPage(runs, len(entries), asOf, "").Entries...)
	}
	players, scores, names := []string{}, map[string]string{}, map[string]string{}
	for _, entry := range entries {
		players = append(players, entry.PlayerId)
		scores[entry.PlayerId] = exact(entry.Score)
		if name := entry.Name.Get(); name != nil {
			names[entry.PlayerId] = *name
		}
	}

	odd, _, err := runs.RanksAPI.Player(ctx, "a:b@c~d.e-f_1").AsOf(*asOf).Execute()
	check(err)
	mail, _, err := runs.RanksAPI.Player(ctx, "p@example.com").AsOf(*asOf).Execute()
	check(err)
	around, _, err := runs.RanksAPI.Neighbours(ctx, "a:b@c~d.e-f_1").AsOf(*asOf).Span(2).Execute()
	check(err)
	neighbours := []string{}
	for _, entry := range around.Entries {
		neighbours = append(neighbours, entry.PlayerId)
	}
	ids := []string{"x:y", "a:b@c~d.e-f_1", "nobody"}
	some, _, err := runs.RanksAPI.Friends(ctx).Ids(ids).AsOf(*asOf).Execute()
	check(err)
	friends := []string{}
	for _, entry := range some.Entries {
		friends = append(friends, entry.PlayerId)
	}
	named, _, err := runs.RanksAPI.Friends(ctx).Name("zoe").AsOf(*asOf).Execute()
	check(err)
	_, _, err = runs.RanksAPI.Player(ctx, "nobody").Execute()
	var refused *board.GenericOpenAPIError
	if !errors.As(err, &refused) {
		log.Fatal("nobody has an entry")
	}
	problem := refused.Model().(board.Problem)

	listed, _, err := runs.BoardAPI.Windows(ctx).Execute()
	check(err)
	windows, sums := map[string]int64{}, map[string]string{}
	for _, window := range listed.Windows {
		windows[window.Id] = readPage(runs, 0, nil, window.Id).Players
	}
	for _, entry := range readPage(totals, 0, nil, "").Entries {
		sums[entry.PlayerId] = exact(entry.Score)
	}
	check(json.NewEncoder(os.Stdout).Encode(map[string]any{
		"players": players, "scores": scores, "names": names,
		"odd":  []any{odd.Entry.PlayerId, exact(odd.Entry.Score), exact(odd.Entry.Columns["seconds"]), exact(odd.Entry.Percentile)},
		"mail": mail.Entry.PlayerId, "neighbours": neighbours, "friends": friends, "named": []string{named.Entries[0].PlayerId},
		"problem": []any{problem.Status, problem.Title, problem.Detail}, "windows": windows, "totals": sums,
	}))
}
