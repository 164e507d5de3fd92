/*
 * The fast path: packets of known flows of granted stations, handed from interface to interface.
 *
 * `up` stands at the ingress of every network's interface, `down` at the uplink's, before nftables' own hook. What they do
 * not know, and whatever is unusual, goes on as if they were not there. What they may pass on, portico-netd has written
 * into the maps, and it stays true for a short while only. No hook of nftables sees it any more (the kernel leaves out
 * those at the egress for what a program has redirected), so that limits and counters are here too. `leave`, at the egress
 * of the networks' interfaces, sees what has come the plain way, behind nftables.
 *
 * The layouts of keys and values stand in maps.rs too. Built by: tests/fastpath (clang, -target bpf); the object is kept
 * beside this file, so that nobody else needs a compiler for it.
 */
#include <linux/bpf.h>

typedef __u64 u64;
typedef __u32 u32;
typedef __u16 u16;
typedef __u8 u8;

#define SECTION(name) __attribute__((section(name), used))
#define INLINE static __attribute__((always_inline))
/* Less at once for the registers. */
#define PART static __attribute__((noinline))

static void *(*map_lookup)(void *map, const void *key) = (void *)BPF_FUNC_map_lookup_elem;
static u32 (*random_number)(void) = (void *)BPF_FUNC_get_prandom_u32;
static long (*replace_l4_sum)(struct __sk_buff *packet, u32 offset, u64 from, u64 to, u64 flags) =
	(void *)BPF_FUNC_l4_csum_replace;
static long (*redirect)(u32 interface, u64 flags) = (void *)BPF_FUNC_redirect;
static long (*ringbuf_output)(void *ring, void *data, u64 size, u64 flags) = (void *)BPF_FUNC_ringbuf_output;
static u64 (*coarse_now)(void) = (void *)BPF_FUNC_ktime_get_coarse_ns;

enum way { UP, DOWN };

/* What a map is made of, as the loader reads it. */
struct map {
	u32 type, key_size, value_size, entries, flags;
};

/* A flow as its packets arrive. Addresses and ports in network order; interface << 8 | protocol. */
struct key4 {
	u32 from, to;
	u16 from_port, to_port;
	u32 where;
};

struct key6 {
	u8 from[16], to[16];
	u16 from_port, to_port;
	u32 where;
};

/* How its packets leave. Times are nanoseconds of the monotonic clock. Pairs below are up and down. */
struct flow {
	u64 until;     /* the kernel has known it so shortly before that it may be passed on */
	u64 seen;      /* when a packet of it last passed, within SEEN */
	u32 slot;      /* whose it is */
	u32 turn;      /* which use of the slot */
	u32 leaves_by; /* interface */
	u32 address;   /* the translated one, IPv4 alone: source on the way up, destination on the way down */
	u16 port;      /* the same */
	u16 longest;   /* bytes of IP that the interface takes */
	u8 ether[12];  /* destination and source */
};

/* What a station has. Written by portico-netd alone. */
struct terms {
	u64 until;
	u64 cost[2];     /* of a byte, 2^-20 ns; 0: no limit */
	u64 depth[2];    /* of the bucket, ns */
	u32 turn;
	u32 priority[2]; /* its class in the queues; 0: none */
	u8 mac[6];
	u16 network;  /* its number in `overs` */
};

struct counter {
	u64 packets, bytes;
};

/* What it has moved this way. Written here alone. */
struct use {
	u64 full[2]; /* when the bucket would be full again */
	struct counter passed[2];
};

/* What was over the limits of a network's stations. */
struct over {
	struct counter dropped[2];
};

struct who {
	u32 interface;
	u8 mac[6];
	u16 unused;
};

/* A packet upwards of a granted station that belongs to no flow known here. */
struct unknown {
	struct key6 key; /* IPv4 in the first four bytes of each address */
	u32 slot, turn;
	u8 mac[6];
	u8 version, unused;
};

struct map flows4 SECTION("maps") = { BPF_MAP_TYPE_HASH, sizeof(struct key4), sizeof(struct flow), 65536, BPF_F_NO_PREALLOC };
struct map flows6 SECTION("maps") = { BPF_MAP_TYPE_HASH, sizeof(struct key6), sizeof(struct flow), 65536, BPF_F_NO_PREALLOC };
struct map stations SECTION("maps") = { BPF_MAP_TYPE_HASH, sizeof(struct who), sizeof(u32), 1024, BPF_F_NO_PREALLOC };
struct map terms SECTION("maps") = { BPF_MAP_TYPE_ARRAY, sizeof(u32), sizeof(struct terms), 1024, 0 };
struct map uses SECTION("maps") = { BPF_MAP_TYPE_ARRAY, sizeof(u32), sizeof(struct use), 1024, 0 };
struct map overs SECTION("maps") = { BPF_MAP_TYPE_ARRAY, sizeof(u32), sizeof(struct over), 256, 0 };
struct map news SECTION("maps") = { BPF_MAP_TYPE_RINGBUF, 0, 0, 262144, 0 };

struct ethernet {
	u8 to[6], from[6];
	u16 type;
} __attribute__((packed));

struct ip4 {
	u8 version_length, service;
	u16 length, id, fragment;
	u8 hops, protocol;
	u16 sum;
	u32 from, to;
} __attribute__((packed));

struct ip6 {
	u8 version_class, class_label;
	u16 label, length;
	u8 next, hops, from[16], to[16];
} __attribute__((packed));

struct tcp {
	u16 from_port, to_port;
	u32 number, acknowledged;
	u8 offset, flags;
	u16 window, sum, urgent;
} __attribute__((packed));

struct udp {
	u16 from_port, to_port, length, sum;
} __attribute__((packed));

#define NEXT -1 /* TCX_NEXT: whatever else there is may look at it */
#define DROP 2
#define HOST 0 /* PACKET_HOST */
#define TCP 6
#define UDP 17
#define FIN_SYN_RST 7
/* include/linux/if_ether.h */
#define ETHERTYPE4 0x0800
#define ETHERTYPE6 0x86dd
/* See mark::GRANTED and mark::ANSWER in ruleset/mod.rs. */
#define GRANTED 0x1
#define ANSWER 0x21
#define LOCAL 0x4
/* Tells `leave` what the limits have seen already: what has come by `down`, and what it has charged itself. Where packets
 * wait in queues, they come by twice: before them and behind. */
#define SEEN_BY_LIMITS 0x504f
/* How closely it is known when a flow was last seen: for who writes often, all processors wait. */
#define SEEN 1000000000ull
/* One of so many packets of unknown flows is told. */
#define TOLD 8

INLINE u16 swap(u16 value)
{
	return __builtin_bswap16(value);
}

/* Draws from the station's bucket (a virtual clock: GCRA, ITU-T I.371). */
INLINE int draw(struct use *use, struct terms *terms, u64 now, u32 length, enum way way)
{
	u64 cost = length * terms->cost[way] >> 20;
	u64 full = use->full[way];
	u64 next = (full > now ? full : now) + cost;
	if (next > now + terms->depth[way])
		return 0;
	/* Another processor was first: what both have drawn counts. */
	if (__sync_val_compare_and_swap(&use->full[way], full, next) != full)
		__sync_fetch_and_add(&use->full[way], cost);
	return 1;
}

INLINE void count(struct counter *counter, u32 length)
{
	__sync_fetch_and_add(&counter->packets, 1);
	__sync_fetch_and_add(&counter->bytes, length);
}

INLINE struct terms *terms_of(u32 slot, u64 now)
{
	struct terms *found = map_lookup(&terms, &slot);
	return found && found->until > now ? found : 0;
}

INLINE int same_mac(const u8 *a, const u8 *b)
{
	return *(u32 *)a == *(u32 *)b && *(u16 *)(a + 4) == *(u16 *)(b + 4);
}

/* What takes the plain way is limited there; here it is charged, so that both ways together pass what one would. */
INLINE int charge(struct terms *terms, u32 slot, u64 now, u32 length, enum way way)
{
	struct use *use = map_lookup(&uses, &slot);
	if (use)
		draw(use, terms, now, length, way);
	return NEXT;
}

PART int plain_way(struct __sk_buff *packet, struct ethernet *ether, struct unknown *unknown, u32 length)
{
	struct who who = {};
	who.interface = packet->ingress_ifindex;
	__builtin_memcpy(who.mac, ether->from, sizeof who.mac);
	u32 *slot = map_lookup(&stations, &who);
	if (!slot)
		return NEXT;
	u32 number = *slot;
	u64 now = coarse_now();
	struct terms *terms = terms_of(number, now);
	if (!terms)
		return NEXT;
	if (unknown->version && random_number() % TOLD == 0) {
		unknown->slot = number;
		unknown->turn = terms->turn;
		__builtin_memcpy(unknown->mac, who.mac, sizeof who.mac);
		/* If nobody has read the last ones, this one can wait: more of them come. */
		ringbuf_output(&news, unknown, sizeof *unknown, 0);
	}
	return charge(terms, number, now, length, UP);
}

/* Whether the packet may be passed on; how is in `flow`. */
INLINE int may_pass(struct __sk_buff *packet, struct ethernet *ether, struct flow *flow, u32 length, u32 segment,
		    enum way way, struct terms **terms, u64 *now)
{
	*now = coarse_now();
	*terms = terms_of(flow->slot, *now);
	return *terms && flow->until > *now && flow->turn == (*terms)->turn && segment <= flow->longest &&
	       (way == DOWN || same_mac(ether->from, (*terms)->mac));
}

/* Limits and counts. */
INLINE int judge(struct flow *flow, struct terms *terms, u64 now, u32 length, enum way way)
{
	u32 slot = flow->slot;
	if (now - flow->seen > SEEN)
		flow->seen = now;
	struct use *use = map_lookup(&uses, &slot);
	if (!use)
		return NEXT;
	if (!draw(use, terms, now, length, way)) {
		u32 network = terms->network;
		struct over *over = map_lookup(&overs, &network);
		if (over)
			count(&over->dropped[way], length);
		return DROP;
	}
	count(&use->passed[way], length);
	return 0;
}

INLINE void send_to(struct __sk_buff *packet, struct ethernet *ether, struct flow *flow, struct terms *terms, enum way way)
{
	__builtin_memcpy(ether->to, flow->ether, sizeof flow->ether);
	packet->mark = way == UP ? GRANTED : ANSWER;
	if (terms->priority[way])
		packet->priority = terms->priority[way];
	if (way == DOWN)
		packet->tc_index = SEEN_BY_LIMITS;
}

/* RFC 1624, equation 3: a header's sum after some of its words have changed. */
INLINE u16 changed_sum(u16 sum, u32 before, u32 after, u16 hops_before, u16 hops_after)
{
	u32 all = (u16)~sum;
	all += (u16)~before + (u16)~(before >> 16) + (u16)after + (u16)(after >> 16);
	all += (u16)~hops_before + hops_after;
	all = (all & 0xffff) + (all >> 16);
	all = (all & 0xffff) + (all >> 16);
	return ~all;
}

/* Bytes of IP of the longest packet that the interface will be given: one of many where the kernel has put them together. */
INLINE u32 segment_of(struct __sk_buff *packet, u32 headers, u32 length)
{
	return packet->gso_size ? packet->gso_size + headers : length;
}

INLINE int pass4(struct __sk_buff *packet, struct ethernet *ether, void *end, enum way way)
{
	u32 length = packet->len - sizeof *ether;
	struct unknown unknown = {};
	struct ip4 *ip = (void *)(ether + 1);
	struct tcp *tcp = (void *)(ip + 1);
	struct udp *udp = (void *)(ip + 1);
	if ((void *)(udp + 1) > end || ip->version_length != 0x45 || ip->fragment & swap(0x3fff) || ip->hops < 2)
		goto plain;
	u32 headers = sizeof *ip + sizeof *udp;
	if (ip->protocol == TCP) {
		if ((void *)(tcp + 1) > end || tcp->flags & FIN_SYN_RST)
			goto plain;
		headers = sizeof *ip + (tcp->offset >> 4) * 4;
	} else if (ip->protocol != UDP) {
		goto plain;
	}
	struct key4 key = { ip->from, ip->to, udp->from_port, udp->to_port, packet->ingress_ifindex << 8 | ip->protocol };
	struct flow *flow = map_lookup(&flows4, &key);
	struct terms *terms;
	u64 now;
	if (!flow || !may_pass(packet, ether, flow, length, segment_of(packet, headers, length), way, &terms, &now)) {
		*(u32 *)unknown.key.from = key.from;
		*(u32 *)unknown.key.to = key.to;
		unknown.key.from_port = key.from_port;
		unknown.key.to_port = key.to_port;
		unknown.key.where = key.where;
		unknown.version = 4;
		goto plain;
	}
	int verdict = judge(flow, terms, now, length, way);
	if (verdict)
		return verdict;
	u32 before = way == UP ? key.from : key.to, after = flow->address, leaves_by = flow->leaves_by;
	u16 port = way == UP ? key.from_port : key.to_port, new_port = flow->port;
	u8 protocol = ip->protocol;
	u16 sum = udp->sum;
	u16 *hops = (u16 *)&ip->hops;
	u16 hops_before = *hops;
	ip->hops--;
	ip->sum = changed_sum(ip->sum, before, after, hops_before, *hops);
	if (way == UP) {
		ip->from = after;
		udp->from_port = new_port;
	} else {
		ip->to = after;
		udp->to_port = new_port;
	}
	send_to(packet, ether, flow, terms, way);
	/* From here on no pointer into the packet holds. RFC 768: a UDP sum of zero is none. */
	if (protocol == TCP || sum) {
		u32 at = sizeof *ether + sizeof *ip + (protocol == TCP ? 16 : 6);
		u64 flags = protocol == TCP ? 0 : BPF_F_MARK_MANGLED_0;
		if (before != after)
			replace_l4_sum(packet, at, before, after, flags | BPF_F_PSEUDO_HDR | sizeof before);
		if (port != new_port)
			replace_l4_sum(packet, at, port, new_port, flags | sizeof port);
	}
	return redirect(leaves_by, 0);
plain:
	return way == UP ? plain_way(packet, ether, &unknown, length) : NEXT;
}

INLINE int pass6(struct __sk_buff *packet, struct ethernet *ether, void *end, enum way way)
{
	u32 length = packet->len - sizeof *ether;
	struct unknown unknown = {};
	struct ip6 *ip = (void *)(ether + 1);
	struct tcp *tcp = (void *)(ip + 1);
	struct udp *udp = (void *)(ip + 1);
	if ((void *)(udp + 1) > end || ip->version_class >> 4 != 6 || ip->hops < 2)
		goto plain;
	u32 headers = sizeof *ip + sizeof *udp;
	if (ip->next == TCP) {
		if ((void *)(tcp + 1) > end || tcp->flags & FIN_SYN_RST)
			goto plain;
		headers = sizeof *ip + (tcp->offset >> 4) * 4;
	} else if (ip->next != UDP) {
		goto plain;
	}
	struct key6 *key = &unknown.key;
	__builtin_memcpy(key->from, ip->from, sizeof key->from);
	__builtin_memcpy(key->to, ip->to, sizeof key->to);
	key->from_port = udp->from_port;
	key->to_port = udp->to_port;
	key->where = packet->ingress_ifindex << 8 | ip->next;
	struct flow *flow = map_lookup(&flows6, key);
	struct terms *terms;
	u64 now;
	if (!flow || !may_pass(packet, ether, flow, length, segment_of(packet, headers, length), way, &terms, &now)) {
		unknown.version = 6;
		goto plain;
	}
	int verdict = judge(flow, terms, now, length, way);
	if (verdict)
		return verdict;
	ip->hops--;
	send_to(packet, ether, flow, terms, way);
	return redirect(flow->leaves_by, 0);
plain:
	return way == UP ? plain_way(packet, ether, &unknown, length) : NEXT;
}

INLINE int pass(struct __sk_buff *packet, enum way way)
{
	struct ethernet *ether = (void *)(long)packet->data;
	void *end = (void *)(long)packet->data_end;
	/* Of another gateway on the same machine. */
	packet->tc_index = 0;
	if (packet->pkt_type != HOST || packet->vlan_present || (void *)(ether + 1) > end)
		return NEXT;
	if (ether->type == swap(ETHERTYPE4))
		return pass4(packet, ether, end, way);
	if (ether->type == swap(ETHERTYPE6))
		return pass6(packet, ether, end, way);
	return NEXT;
}

SECTION("classifier") int up(struct __sk_buff *packet)
{
	return pass(packet, UP);
}

SECTION("classifier") int down(struct __sk_buff *packet)
{
	return pass(packet, DOWN);
}

SECTION("classifier") int leave(struct __sk_buff *packet)
{
	struct ethernet *ether = (void *)(long)packet->data;
	void *end = (void *)(long)packet->data_end;
	if (packet->tc_index == SEEN_BY_LIMITS)
		return NEXT;
	/* What the gateway says itself is outside the limits. */
	if (packet->mark == LOCAL || (void *)(ether + 1) > end)
		return NEXT;
	if (ether->type != swap(ETHERTYPE4) && ether->type != swap(ETHERTYPE6))
		return NEXT;
	struct who who = {};
	who.interface = packet->ifindex;
	__builtin_memcpy(who.mac, ether->to, sizeof who.mac);
	u32 *slot = map_lookup(&stations, &who);
	if (!slot)
		return NEXT;
	u32 number = *slot;
	u64 now = coarse_now();
	struct terms *terms = terms_of(number, now);
	packet->tc_index = SEEN_BY_LIMITS;
	return terms ? charge(terms, number, now, packet->len - sizeof *ether, DOWN) : NEXT;
}

/* None of the helpers above asks for a licence; the kernel only wants to be told one. */
char licence[] SECTION("license") = "EUPL-1.2";
