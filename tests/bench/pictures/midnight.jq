# The portal and a flow before and while all sessions end at once, and what it took.
include "svg";
include "bars";

def picture($name; $metrics):
    (map({key: .metric, value: .}) | from_entries) as $of
    | def both($metric; $row): $of[$metric] | {case: "\($row)before", value: .baseline}, . + {case: "\($row)at midnight"};
      def lost($metric; $of_metric; $title): "\($title) \($of[$metric].value | number) of \($of[$of_metric].value | number)";
    {title: "midnight: \(.[0].case | grouped) end at once", legend: "no goal", blocks: [
        {title: "login page, ms: all before, and \($of.pages_while_sessions_ended.value | number) looks while sessions ended", rows: [both("page_p50"; "median, "), both("page_p99"; "p99, "), both("page_max"; "slowest, ")]},
        {title: "longest silence of the flow of one who stays, ms", rows: [both("longest_silence_of_a_flow"; "")]},
        {title: "sessions ended, s after midnight", rows: [{case: "the last one", value: ($of.all_ended_after.value / 1000)}]},
        {title: "processor time, s", rows: [{case: "portico", value: $of.work_portico.value}, {case: "portico-netd", value: $of.work_netd.value}]},
        {title: "resident memory of both, MiB", rows: [{case: "before", value: $of.memory_before.value}, {case: "after", value: $of.memory_after.value}]},
        {title: ("\(lost("pages_refused"; "pages_looked_at"; "pages refused:")); packets of the flow lost: UDP \(lost("udp_lost"; "udp_sent"; "")[1:]), TCP \($of.tcp_lost.value | number); goal 0"
            + (if [$of.pages_refused, $of.udp_lost, $of.tcp_lost] | all(.holds) then "" else ", missed" end)), rows: []}
    ]}
    | bars;
