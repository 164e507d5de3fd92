//! A resolver of the lab's Internet that answers whatever a test wants.

use std::net::{IpAddr, SocketAddr, TcpListener, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use portico::app::lab::isolation::Namespace;
use simple_dns::rdata::{A, AAAA, CNAME, RData};
use simple_dns::{CLASS, Name, Packet, PacketFlag, QTYPE, RCODE, ResourceRecord, TYPE};

/// How often a thread looks whether it should end.
const GLANCE: Duration = Duration::from_millis(100);

/// A query: the name as text, and the type.
pub(crate) struct Asked<'a> {
    pub(crate) packet: Packet<'a>,
    pub(crate) name: String,
    pub(crate) kind: TYPE,
}

/// What is sent back, datagram by datagram; none is silence.
pub(crate) type Answers = Vec<Vec<u8>>;

/// The running resolver; ends when dropped.
pub(crate) struct Resolver(Arc<AtomicBool>);

impl Drop for Resolver {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Resolver {
    /// Answers UDP and TCP at an address of the namespace.
    pub(crate) fn start(
        at: &Namespace,
        address: SocketAddr,
        answer: impl Fn(&Asked<'_>) -> Answers + Send + Sync + 'static,
    ) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let answer = Arc::new(answer);
        let socket = at.within(move || UdpSocket::bind(address)).unwrap().unwrap();
        let listener = at.within(move || TcpListener::bind(address)).unwrap().unwrap();
        socket.set_read_timeout(Some(GLANCE)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let (ended, reply) = (Arc::clone(&stop), Arc::clone(&answer));
        std::thread::spawn(move || {
            let mut buffer = [0; 2_048];
            while !ended.load(Ordering::Relaxed) {
                let Ok((length, from)) = socket.recv_from(&mut buffer) else {
                    continue;
                };
                for datagram in reply(&read(&buffer[..length])) {
                    let _sent = socket.send_to(&datagram, from);
                }
            }
        });
        let ended = Arc::clone(&stop);
        std::thread::spawn(move || {
            while !ended.load(Ordering::Relaxed) {
                match listener.accept() {
                    Ok((stream, _)) => serve(stream, answer.as_ref()),
                    Err(_) => std::thread::sleep(GLANCE),
                }
            }
        });
        Self(stop)
    }
}

/// One query over TCP.
fn serve(mut stream: std::net::TcpStream, answer: &impl Fn(&Asked<'_>) -> Answers) {
    use std::io::{Read, Write};
    stream.set_nonblocking(false).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
    let mut length = [0; 2];
    if stream.read_exact(&mut length).is_err() {
        return;
    }
    let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
    if stream.read_exact(&mut message).is_err() {
        return;
    }
    for answer in answer(&read(&message)) {
        let length = u16::try_from(answer.len()).unwrap().to_be_bytes();
        let _sent = stream.write_all(&[&length, answer.as_slice()].concat());
    }
}

fn read(message: &[u8]) -> Asked<'_> {
    let packet = Packet::parse(message).unwrap();
    let question = &packet.questions[0];
    let QTYPE::TYPE(kind) = question.qtype else {
        panic!("an odd type")
    };
    Asked {
        name: question.qname.to_string().to_ascii_lowercase(),
        kind,
        packet,
    }
}

impl Asked<'_> {
    /// An answer without records.
    pub(crate) fn empty(&self, code: RCODE) -> Packet<'static> {
        let mut reply = Packet::new_reply(self.packet.id());
        reply.set_flags(PacketFlag::RECURSION_DESIRED | PacketFlag::RECURSION_AVAILABLE);
        *reply.rcode_mut() = code;
        reply.questions = self
            .packet
            .questions
            .iter()
            .map(|question| question.clone().into_owned())
            .collect();
        reply
    }

    /// Those of the addresses that are of the type asked for, under an owner.
    pub(crate) fn addresses(&self, owner: &str, ttl: u32, addresses: &[IpAddr]) -> Packet<'static> {
        let mut reply = self.empty(RCODE::NoError);
        for address in addresses {
            let data = match (address, self.kind) {
                (IpAddr::V4(address), TYPE::A) => RData::A(A {
                    address: address.to_bits(),
                }),
                (IpAddr::V6(address), TYPE::AAAA) => RData::AAAA(AAAA {
                    address: address.to_bits(),
                }),
                _ => continue,
            };
            add(&mut reply, owner, ttl, data);
        }
        reply
    }
}

/// Puts a record into an answer.
pub(crate) fn add(reply: &mut Packet<'static>, owner: &str, ttl: u32, data: RData<'static>) {
    let owner = Name::new(owner).unwrap().into_owned();
    reply
        .answers
        .push(ResourceRecord::new(owner, CLASS::IN, ttl, data));
}

/// An alias before everything else.
pub(crate) fn alias(reply: &mut Packet<'static>, owner: &str, ttl: u32, target: &str) {
    let target = Name::new(target).unwrap().into_owned();
    add(reply, owner, ttl, RData::CNAME(CNAME(target)));
}

pub(crate) fn bytes(reply: &Packet<'static>) -> Vec<u8> {
    reply.build_bytes_vec_compressed().unwrap()
}
