// Reads two boards with the client that oapi-codegen has made of the first one's openapi.yaml.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"strconv"
	"time"

	"example.com/game/board"
)

var ctx = context.Background()

func connect(address string) *board.ClientWithResponses {
	client, err := board.NewClientWithResponses(address)
	check(err)
	return client
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func readPage(client *board.ClientWithResponses, offset int, asOf *time.Time, window *string) *board.Page {
	skip, limit := int32(offset), int32(100)
	answer, err := client.LeaderboardWithResponse(ctx, &board.LeaderboardParams{Offset: &skip, Limit: &limit, AsOf: asOf, Window: window})
	check(err)
	if answer.JSON200 == nil {
		log.Fatal(string(answer.Body))
	}
	return answer.JSON200
}

func exact(number float64) string { return strconv.FormatFloat(number, 'f', -1, 64) }

func main() {
	runs, totals := connect(os.Args[1]), connect(os.Args[2])
	first := readPage(runs, 0, nil, nil)
	entries := first.Entries
	fmt.Println("first page")
	_, err := bufio.NewReader(os.Stdin).ReadString('\n')
	check(err)
	for int64(len(entries)) < first.Players {
		entries = append(entries, readPage(runs, len(entries), first.AsOf, nil).Entries...)
	}
	players, scores, names := []string{}, map[string]string{}, map[string]string{}
	for _, entry := range entries {
		players = append(players, entry.PlayerId)
		scores[entry.PlayerId] = exact(entry.Score)
		if entry.Name != nil {
			names[entry.PlayerId] = *entry.Name
		}
	}

	odd, err := runs.PlayerWithResponse(ctx, "a:b@c~d.e-f_1", &board.PlayerParams{AsOf: first.AsOf})
	check(err)
	mail, err := runs.PlayerWithResponse(ctx, "p@example.com", &board.PlayerParams{AsOf: first.AsOf})
	check(err)
	span := int32(2)
	around, err := runs.NeighboursWithResponse(ctx, "a:b@c~d.e-f_1", &board.NeighboursParams{AsOf: first.AsOf, Span: &span})
	check(err)
	neighbours := []string{}
	for _, entry := range around.JSON200.Entries {
		neighbours = append(neighbours, entry.PlayerId)
	}
	ids := []string{"x:y", "a:b@c~d.e-f_1", "nobody"}
	some, err := runs.FriendsWithResponse(ctx, &board.FriendsParams{Ids: &ids, AsOf: first.AsOf})
	check(err)
	friends := []string{}
	for _, entry := range some.JSON200.Entries {
		friends = append(friends, entry.PlayerId)
	}
	name := "zoe"
	named, err := runs.FriendsWithResponse(ctx, &board.FriendsParams{Name: &name, AsOf: first.AsOf})
	check(err)
	nobody, err := runs.PlayerWithResponse(ctx, "nobody", &board.PlayerParams{})
	check(err)
	problem := nobody.ApplicationproblemJSON404

	listed, err := runs.WindowsWithResponse(ctx)
	check(err)
	windows, sums := map[string]int64{}, map[string]string{}
	for _, window := range listed.JSON200.Windows {
		windows[window.Id] = readPage(runs, 0, nil, &window.Id).Players
	}
	for _, entry := range readPage(totals, 0, nil, nil).Entries {
		sums[entry.PlayerId] = exact(entry.Score)
	}
	entry := odd.JSON200.Entry
	check(json.NewEncoder(os.Stdout).Encode(map[string]any{
		"players": players, "scores": scores, "names": names,
		"odd":  []any{entry.PlayerId, exact(entry.Score), exact(entry.Columns["seconds"]), exact(entry.Percentile)},
		"mail": mail.JSON200.Entry.PlayerId, "neighbours": neighbours, "friends": friends, "named": []string{named.JSON200.Entries[0].PlayerId},
		"problem": []any{problem.Status, problem.Title, problem.Detail}, "windows": windows, "totals": sums,
	}))
}
