// Reads two boards with the client that openapi-generator has made of the first one's openapi.yaml.

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.openapitools.client.ApiClient;
import org.openapitools.client.ApiException;
import org.openapitools.client.api.BoardApi;
import org.openapitools.client.api.RanksApi;
import org.openapitools.client.model.Entry;
import org.openapitools.client.model.FoundEntry;
import org.openapitools.client.model.ListedWindow;
import org.openapitools.client.model.Page;
import org.openapitools.client.model.PlayerEntry;
import org.openapitools.client.model.Problem;

public class Read {
  public static void main(String[] addresses) throws Exception {
    ApiClient client = new ApiClient();
    client.updateBaseUri(addresses[0]);
    RanksApi runs = new RanksApi(client);

    Page first = runs.leaderboard(null, null, 0, 100, null, null);
    OffsetDateTime asOf = first.getAsOf();
    List<Entry> entries = new ArrayList<>(first.getEntries());
    System.out.println("first page");
    new BufferedReader(new InputStreamReader(System.in)).readLine();
    while (entries.size() < first.getPlayers()) {
      entries.addAll(runs.leaderboard(null, asOf, entries.size(), 100, null, null).getEntries());
    }
    Map<String, String> scores = new LinkedHashMap<>(), names = new LinkedHashMap<>(), totals = new LinkedHashMap<>();
    for (Entry entry : entries) {
      scores.put(entry.getPlayerId(), exact(entry.getScore()));
      if (entry.getName() != null) names.put(entry.getPlayerId(), entry.getName());
    }

    PlayerEntry odd = runs.player("a:b@c~d.e-f_1", null, asOf, null).getEntry();
    PlayerEntry mail = runs.player("p@example.com", null, asOf, null).getEntry();
    List<Entry> around = runs.neighbours("a:b@c~d.e-f_1", null, asOf, 2, null).getEntries();
    List<FoundEntry> some = runs.friends(List.of("x:y", "a:b@c~d.e-f_1", "nobody"), null, null, asOf, null, null, null).getEntries();
    List<FoundEntry> named = runs.friends(null, null, null, asOf, "zoe", null, null).getEntries();
    Problem problem = null;
    try {
      runs.player("nobody", null, null, null);
    } catch (ApiException refused) {
      problem = client.getObjectMapper().readValue(refused.getResponseBody(), Problem.class);
    }
    Map<String, Long> windows = new LinkedHashMap<>();
    for (ListedWindow window : new BoardApi(client).windows().getWindows()) {
      windows.put(window.getId(), runs.leaderboard(window.getId(), null, 0, 100, null, null).getPlayers());
    }
    ApiClient other = new ApiClient();
    other.updateBaseUri(addresses[1]);
    for (Entry entry : new RanksApi(other).leaderboard(null, null, 0, 100, null, null).getEntries()) {
      totals.put(entry.getPlayerId(), exact(entry.getScore()));
    }

    Map<String, Object> found = new LinkedHashMap<>();
    found.put("players", entries.stream().map(Entry::getPlayerId).toList());
    found.put("scores", scores);
    found.put("names", names);
    found.put("odd", List.of(odd.getPlayerId(), exact(odd.getScore()), exact(odd.getColumns().get("seconds")), exact(odd.getPercentile())));
    found.put("mail", mail.getPlayerId());
    found.put("neighbours", around.stream().map(Entry::getPlayerId).toList());
    found.put("friends", some.stream().map(FoundEntry::getPlayerId).toList());
    found.put("named", named.stream().map(FoundEntry::getPlayerId).toList());
    found.put("problem", List.of(problem.getStatus(), problem.getTitle(), problem.getDetail()));
    found.put("windows", windows);
    found.put("totals", totals);
    System.out.println(client.getObjectMapper().writeValueAsString(found));
  }

  private static String exact(double number) {
    return new BigDecimal(Double.toString(number)).toPlainString();
  }
}
